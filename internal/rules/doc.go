// Package rules keeps the response rules: what the assistant does, by order of
// staff, when a message matches a regular expression.
//
// # How a pattern reads a text
//
// The syntax is RE2's: matching takes time in proportion to the length of the
// text, whatever the pattern. A pattern does not see the customer's text but
// its folded form, and is folded itself in the same way, so that case and
// accents never matter:
//
//   - letters lose their accents: á is a, ü is u, ç is c, and ñ is n. So \b and
//     \w, which know unaccented letters only, do what one expects in Spanish;
//   - case is ignored;
//   - white space, control characters and several of them in a row are one
//     space, or one line break where there is one among them;
//   - ^ and $ stand for the beginning and end of each line; several messages
//     that are answered together are lines.
//
// The letters of a class are folded one by one: [áé] is [ae], [^ñ] is [^n],
// [a-ñ] is [a-n]. An escape such as \x{F1} is no letter of the pattern; it is
// not folded, and so finds nothing. Classes of accents (\p{Mn}) find nothing.
package rules
