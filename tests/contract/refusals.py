"""What the service may refuse although the request follows the contract.

A schema can say what a request looks like, not which codes, slugs and versions
exist. Each such refusal has a stable `code`, and each operation's codes stand
here; any other refusal of a request that follows the contract is a failure. So
is `invalid_request` always: it says that the request breaks the contract.
"""

# Who is missing and who clashes is no business of a schema: every operation may
# say so, when its contract does.
STATUSES = {404, 409}

# By parameter: a cursor is opaque, only one that was given out is any good; and
# the version in If-Match may be any.
BY_PARAMETER = {"cursor": "invalid_cursor", "If-Match": "version_mismatch"}

# Not pattern-checked by the schema: malformed is 400, unknown 404.
CATEGORY = {"invalid_category_slug"}
# include_inactive without an account.
INACTIVE = {"unauthenticated"}
CREDENTIALS = {"invalid_credentials"}

BY_OPERATION = {
    "CalculateQuote": CATEGORY
    | {
        "duplicate_element",
        "duplicate_service",
        "element_inactive",
        "no_elements",
        "not_covered",
        "unknown_element",
        "unknown_service",
        "variant_required",
    },
    "CreateTier": CATEGORY,
    "GetCategory": CATEGORY,
    "GetCategoryCatalogue": CATEGORY,
    "ListCategories": INACTIVE,
    "ListElements": CATEGORY | INACTIVE,
    "ListTiers": CATEGORY | INACTIVE,
    "Login": CREDENTIALS,
    "MatchElements": CATEGORY,
    "ReceiveChatwootWebhook": {"not_a_chatwoot_event"},
    "UpdateSetting": {"invalid_setting"},
}

# PostgreSQL stores no NUL character. A pattern on every text of the contract
# would say so at the price of being unreadable.
NUL = {"invalid_text", "invalid_request"}


def permitted(operation, status: int, code: str, has_nul: bool) -> bool:
    """Whether a request that follows the contract of an operation may be refused like this."""
    if status in STATUSES or code in BY_OPERATION.get(operation.definition.raw["operationId"], ()):
        return True
    if code in {BY_PARAMETER.get(parameter.name) for parameter in operation.iter_parameters()}:
        return True
    return has_nul and status == 422 and code in NUL
