"""What the service may refuse although the request follows the contract.

A schema can say what a request looks like, not which codes, slugs and versions
exist. Each such refusal has a stable `code`, and each operation's codes stand
here; any other refusal of a request that follows the contract is a failure. So
is `invalid_request` always: it says that the request breaks the contract.
"""

# Who is missing and who clashes is no business of a schema: every operation may
# say so, when its contract does.
STATUSES = {404, 409}

# By the name of a parameter or member, in any operation: a cursor is opaque, only
# one that was given out is any good; the version in If-Match may be any; the
# reference of a category is not pattern-checked: malformed is 400, unknown 404; an
# order has to list everything there is.
BY_NAME = {
    "cursor": {"invalid_cursor"},
    "If-Match": {"version_mismatch"},
    "category": {"invalid_category_slug"},
    "category_id": {"invalid_category_slug"},
    "ids": {"invalid_order", "incomplete_order"},
}

# include_inactive without an account.
INACTIVE = {"unauthenticated"}
CREDENTIALS = {"invalid_credentials"}

ELEMENT = {"element_cycle", "invalid_element", "too_many"}
FIELD = {"invalid_field", "too_many", "unknown_field"}
PHOTO = FIELD | {"invalid_photo"}
WARNING = {"duplicate_trigger", "invalid_scope", "unknown_element", "unknown_tier", "useless_keyword"}

BY_OPERATION = {
    "CalculateQuote": {
        "as_of_in_future",
        "duplicate_element",
        "duplicate_service",
        "element_inactive",
        "no_elements",
        "not_covered",
        "unknown_element",
        "unknown_service",
        "unauthenticated",  # as_of without an account
        "variant_required",
    },
    "ChangePassword": {"wrong_password"},
    "CheckElementFields": {"unknown_field"},
    "CreateAPIKey": {"invalid_api_key"},
    "CreateAccount": {"invalid_account"},
    "CreateElement": ELEMENT,
    "CreateElementField": FIELD,
    "CreateElementPhoto": PHOTO,
    "CreateWarning": WARNING,
    "ListCategories": INACTIVE,
    "ListElements": INACTIVE,
    "ListTiers": INACTIVE,
    "Login": CREDENTIALS,
    "OpenCookieSession": CREDENTIALS,
    "ReceiveChatwootWebhook": {"not_a_chatwoot_event"},
    "UpdateAccount": {"invalid_account"},
    "UpdateElement": ELEMENT,
    "UpdateElementField": FIELD,
    "UpdateElementPhoto": PHOTO,
    "UpdateSetting": {"invalid_setting"},
    "UpdateTierInclusions": {"duplicate_inclusion", "generic_element", "inclusion_cycle", "self_inclusion", "unknown_element", "unknown_tier"},
    "UpdateWarning": WARNING,
}

# PostgreSQL stores no NUL character. A pattern on every text of the contract
# would say so at the price of being unreadable.
NUL = {"invalid_text", "invalid_request"}


def permitted(case, status: int, code: str, has_nul: bool) -> bool:
    """Whether a request that follows the contract may be refused like this."""
    if status in STATUSES or code in BY_OPERATION.get(case.operation.definition.raw["operationId"], ()):
        return True
    names = {parameter.name for parameter in case.operation.iter_parameters()}
    if isinstance(case.body, dict):
        names |= case.body.keys()
    if any(code in BY_NAME[name] for name in names & BY_NAME.keys()):
        return True
    return has_nul and status == 422 and code in NUL
