package assistant

import "strings"

// RegulationAnswer is what the regulations say about a turn's question.
type RegulationAnswer struct {
	// Text answers it, in a few sentences; "" when the documents do not.
	Text string
	// Sources are where it stands, as a person would write it: "Manual de Reformas,
	// CR 2.3, pág. 45".
	Sources []string
	// TextOnly: something better than the search for words was not to be had.
	TextOnly bool
}

// maxRegulationQuestion bounds what is looked up, in characters.
const maxRegulationQuestion = 500

// RegulationQuestion returns what a turn asks about the rules, to be looked up before
// it is answered (Turn.Regulation); "" when it asks nothing.
func RegulationQuestion(in Turn) string {
	if !in.Settings.Enabled {
		return ""
	}
	var texts []string
	for _, m := range in.Messages {
		texts = append(texts, m.Text)
	}
	text, _ := readable(joinText(texts...))
	if !readIntents(read(text)).regulation {
		return ""
	}
	// What else is said would only mislead the search.
	var asked []string
	for sentence := range strings.SplitSeq(strings.NewReplacer(". ", ".\n", "? ", "?\n").Replace(text), "\n") {
		if readIntents(read(sentence)).regulation {
			asked = append(asked, strings.TrimSpace(sentence))
		}
	}
	if len(asked) > 0 {
		text = strings.Join(asked, " ")
	}
	if r := []rune(text); len(r) > maxRegulationQuestion {
		text = string(r[:maxRegulationQuestion])
	}
	return strings.TrimSpace(text)
}

// answerRegulation answers a question about the rules from the documents, with where
// it stands, or hands it to a colleague. The set and the quote stay as they are.
func (t *turn) answerRegulation() {
	answer := t.in.Regulation
	switch {
	case answer == nil:
		t.say(regulationText)
		t.escalate(SourceRegulationQuestion, "Pregunta de normativa.")
		return
	case answer.Text == "":
		t.say(regulationUnknownText)
		t.escalate(SourceRegulationQuestion, "Pregunta de normativa que los documentos no responden.")
		return
	}
	text := answer.Text
	if len(answer.Sources) > 0 {
		text += "\n📄 " + strings.Join(answer.Sources, "; ")
	}
	if answer.TextOnly {
		text += "\n" + regulationTextOnly
	}
	t.say(text)
}
