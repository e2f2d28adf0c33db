"""What the service may refuse although the request follows the contract.

A schema can say what a request looks like, not which codes, slugs and versions
exist. Each such refusal has a stable `code`, and each operation's codes stand
here; any other refusal of a request that follows the contract is a failure. So
is `invalid_request` always: it says that the request breaks the contract.
"""

CATEGORY = {"invalid_category_slug"}  # not pattern-checked by the schema: malformed is 400, unknown 404
CURSOR = {"invalid_cursor"}  # opaque: only a cursor that was given out is one
VERSION = {"version_mismatch"}  # If-Match

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
    "ListCategories": {"unauthenticated"},  # include_inactive without an account
    "ListConversations": CURSOR,
    "ListElements": CATEGORY | {"unauthenticated"},
    "ListEscalations": CURSOR,
    "ListMessages": CURSOR,
    "ListTiers": CATEGORY | {"unauthenticated"},
    "Login": {"invalid_credentials"},
    "MatchElements": CATEGORY,
    "ReceiveChatwootWebhook": {"not_a_chatwoot_event"},
    "UpdateSetting": {"invalid_setting"},
    "UpdateTier": VERSION,
}

# Who is missing and who clashes is no business of a schema: every operation may
# say so, when its contract does.
STATUSES = {404, 409}

# PostgreSQL stores no NUL character. A pattern on every text of the contract
# would say so at the price of being unreadable.
NUL = {"invalid_text", "invalid_request"}


def permitted(operation_id: str, status: int, code: str, has_nul: bool) -> bool:
    """Whether a request that follows the contract may be refused like this."""
    if status in STATUSES or code in BY_OPERATION.get(operation_id, ()):
        return True
    return has_nul and status == 422 and code in NUL
