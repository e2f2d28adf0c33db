// Package assistant decides what to answer a customer, without a language
// model: it reads the unanswered messages of one conversation, remembers what
// is known in a small State, and returns the reply, the work for people, and
// the quotes it offered. Prices come from the tariff solver and elements from
// the matcher only; this package words them. What staff want said comes from
// response rules (internal/rules), before anything else.
//
// It is pure: no I/O, no clock, no state of its own. The same turn always has
// the same outcome.
package assistant
