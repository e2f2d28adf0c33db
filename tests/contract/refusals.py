"""What the service may refuse although the request follows the contract.

A schema can say what a request looks like, not which codes, slugs and versions
exist. Each such refusal has a stable `code`, and each operation's codes stand
here; any other refusal of a request that follows the contract is a failure. So
is `invalid_request` always: it says that the request breaks the contract.
"""

# Who is missing, who clashes and how long a file is is no business of a schema:
# every operation may say so, when its contract does.
STATUSES = {404, 409, 416}

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

# A case is priced as it is opened.
PRICED = {"duplicate_element", "duplicate_service", "element_inactive", "no_elements", "not_covered", "unknown_element", "unknown_service", "variant_required"}
PLACE = {"unknown_place"}

ELEMENT = {"element_cycle", "invalid_element", "too_many"}
FIELD = {"invalid_field", "invalid_pattern", "too_many", "unknown_field"}
PHOTO = FIELD | {"invalid_photo"}
PICTURE = {"broken_image", "file_too_large", "invalid_file_type"}
RULE = {"invalid_pattern", "invalid_rule"}
WARNING = {"duplicate_trigger", "invalid_scope", "unknown_element", "unknown_tier", "useless_keyword"}

BY_OPERATION = {
    "AnonymiseCustomer": {"not_confirmed"},
    "CalculateQuote": PRICED | {"as_of_in_future", "unauthenticated"},  # as_of without an account
    "ChangePassword": {"wrong_password"},
    "CheckElementFields": {"unknown_field"},
    "CreateAPIKey": {"invalid_api_key"},
    "CreateAccount": {"invalid_account"},
    "CreateCase": PRICED | {"unknown_conversation", "unknown_customer"},
    "CreateCustomer": {"invalid_customer"},
    "CreateElement": ELEMENT,
    "CreateElementField": FIELD,
    "CreateElementPhoto": PHOTO,
    "CreateGlossaryEntry": {"useless_term"},
    "CreateResponseRule": RULE,
    "CreateView": {"forbidden"},  # sharing is an editor's
    "CreateWarning": WARNING,
    "GetQuestionAnalytics": {"invalid_dates"},
    "GetRegulationPage": {"page_unreadable"},
    "ImportCategory": {"invalid_catalogue_file"},
    "ListCategories": INACTIVE,
    "ListElements": INACTIVE,
    "ListTiers": INACTIVE,
    "Login": CREDENTIALS,
    "MoveCaseFile": PLACE,
    "OpenCookieSession": CREDENTIALS,
    "ReceiveChatwootWebhook": {"not_a_chatwoot_event"},
    "ReviewCaseFile": {"reason_needed", "unknown_reject_reason"},
    "TestResponseRules": RULE,
    "TransitionCase": {"forbidden", "reason_needed"},  # some steps are an admin's
    "UpdateAccount": {"invalid_account"},
    "UpdateCase": {"invalid_case_data", "unknown_account"},
    "UpdateCustomer": {"invalid_customer"},
    "UpdateElement": ELEMENT,
    "UpdateElementField": FIELD,
    "UpdateElementPhoto": PHOTO,
    "UpdateEscalation": {"unknown_account"},
    "UpdateGlossaryEntry": {"useless_term"},
    "UpdateRegulation": {"invalid_dates"},
    "UpdateResponseRule": RULE,
    "UpdateSetting": {"invalid_setting"},
    "UpdateView": {"forbidden", "not_your_view"},
    "UpdateTierInclusions": {"duplicate_inclusion", "element_inactive", "generic_element", "inclusion_cycle", "self_inclusion", "unknown_element", "unknown_tier"},
    "UpdateWarning": WARNING,
    "UploadCaseFile": PLACE | PICTURE,
    "UploadImage": PICTURE,
    "UploadRegulation": {"file_too_large", "invalid_dates", "invalid_file_type", "invalid_request"},  # a form's fields have no patterns
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
