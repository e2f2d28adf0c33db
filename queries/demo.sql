-- Whether there is anything to keep made-up data away from.

-- name: DemoHasConversations :one
SELECT EXISTS (SELECT FROM conversations d WHERE d.chatwoot_account_id = @chatwoot_account_id) AS demo,
    EXISTS (SELECT FROM conversations o WHERE o.chatwoot_account_id <> @chatwoot_account_id) AS others;
