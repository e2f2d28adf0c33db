// Package chatwoot speaks Chatwoot's two protocols: the webhooks it posts to
// us and the application API through which replies go back.
//
// It holds the parts that need no database:
//
//   - [Authenticate] decides whether a webhook really comes from Chatwoot.
//   - [ParseEvent] turns any webhook body into one small [Event], and
//     [EventFromAPI] builds the same Event from what the API lists, so that
//     missed messages found by polling take the same path as delivered ones.
//   - [Classify] says what is to be done with an Event.
//   - [Redact] removes the browser credential Chatwoot puts in its bodies.
//   - [Spool] keeps raw bodies on disk while the database is away: Chatwoot
//     never sends an account webhook twice, so a refused body is lost for good.
//   - [Client] calls the API with errors that say whether a repetition could
//     reach the customer twice; [FormatText] and [SplitText] prepare a reply.
//
// Nothing here logs, and no error holds message text, phone numbers, tokens or
// attachment addresses.
//
// The facts about Chatwoot that the comments state were read from its source
// up to v4.16; fields change between versions, so parsing never fails on a
// missing, additional or differently typed key.
package chatwoot
