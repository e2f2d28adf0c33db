package assistant

// Decide tells whether a text is a plain yes or a plain no. Every word has to
// be accounted for, so that "faro" or "muy caro" never counts as consent.
func Decide(text string) Decision { return read(text).decide() }
