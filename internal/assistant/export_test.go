package assistant

// Decide is decide for the tests' tables.
func Decide(text string) Decision { return read(text).decide() }
