package assistant

import (
	"cmp"
	"regexp"
	"strings"
)

// respond answers a turn that was absorbed. What it says first is what the
// customer must not miss; then the one thing the turn is about; then at most
// one question.
func (t *turn) respond() {
	if t.followRule() {
		return
	}
	decision := t.r.decide()
	switch {
	case t.about.angry:
		t.handOver(SourceCustomerRequest, angryText, "Cliente molesto o con una queja.")
		return
	case t.about.human, t.s.Asked == askedPerson && decision == Yes && !t.found.changed():
		t.handOver(SourceCustomerRequest, cmp.Or(strings.TrimSpace(t.in.Settings.HandoverMessage), personText), "Pide hablar con una persona.")
		return
	case t.gap == gapSheet && (t.wantsPrice() || t.about.open || decision == Yes && t.s.Asked != askedNothing):
		t.noSheet()
		return
	}
	t.sayNotes()
	side := t.answerSideQuestions()
	switch {
	case len(t.found.inactive) > 0 && len(t.s.Items) == 0 && len(t.s.Pending) == 0 && t.s.Text == "":
		t.ask(askedMore, moreQuestion)
	case side && t.isHintOnly() && !t.found.changed():
		t.goOnAfterSide()
	case t.category == nil && t.gap != gapSheet && (t.wantsPrice() || t.s.Text != ""):
		t.askNext()
	case t.found.dontKnow, t.isAsking() && (t.found.named || t.found.changed() || t.wantsPrice()):
		t.askVariant()
	case t.isAsking() && t.s.Asked == askedVariant && !side && !t.r.isSmallTalk():
		t.missVariant()
	case len(t.found.removed) > 0 && len(t.s.Items) == 0:
		t.say("Vale, lo quito.")
		t.askNext()
	case t.found.changed() && len(t.s.Items) > 0:
		t.offer()
	case t.consents(decision):
		t.accept()
	case (t.s.Asked == askedOpen || t.s.Asked == askedEarlier) && decision == No:
		t.say(declinedText)
	case t.s.Asked == askedHint && decision == No:
		t.s.Hint = ""
		t.say(assentText)
	case t.s.Asked == askedPerson && decision == No:
		t.say(goOnText)
		t.asks = askedEarlier
	case t.s.Asked == askedMore && (decision == No || isOnly(t.r, noMoreWords)):
		t.say(assentText)
	case t.s.Asked == askedService && decision == No && t.s.Quote != nil:
		t.say("De acuerdo, sin añadirlo.")
		t.ask(askedOpen, openQuestion)
	case t.about.objection && t.s.Quote != nil:
		t.say(objectionText)
		t.ask(askedPerson, personQuestion)
	case t.about.papers && t.canPrice():
		t.tellPapers()
	case t.about.papers && t.category != nil:
		t.say("Para decirte la documentación necesito saber qué llevas cambiado.")
		t.askNext()
	case (t.about.price && len(t.found.askedServices) == 0 || t.found.named && !t.isHintOnly()) && t.canPrice():
		t.repeatOffer()
	case side:
		t.goOnAfterSide()
	case t.r.isSmallTalk() && t.r.thumb >= 0, decision != Unclear:
		t.smallTalk(decision)
	case t.givesData():
		t.polite = true
		t.say(dataText)
		t.askNext()
	case t.about.question && t.s.Quote != nil && !t.learnedSomething():
		t.unknownQuestion()
	case t.wantsPrice():
		t.askNext()
	case t.about.question:
		t.unknownQuestion()
	default:
		t.miss()
	}
}

// consents tells whether the customer takes the quote. Right after the question
// any yes will do; when something else was said in between, a "vale" may mean
// that, so it has to be a plain one.
func (t *turn) consents(decision Decision) bool {
	if t.category == nil || t.s.Quote == nil || t.s.Accepted {
		return false
	}
	return t.about.open || decision == Yes && (t.s.Asked == askedOpen || t.s.Asked == askedEarlier && t.r.has(plainYes...))
}

// wantsPrice tells whether the turn is about legalising something.
func (t *turn) wantsPrice() bool {
	return t.found.named || t.about.price || t.about.quote || t.about.papers || t.learnedSomething()
}

// learnedSomething tells whether the turn said what the vehicle is, or for
// whom.
func (t *turn) learnedSomething() bool {
	return t.vehicle.kind != "" || len(t.vehicle.several) > 0 || t.s.Vehicle != t.in.State.Vehicle ||
		t.s.Client != t.in.State.Client || t.s.VehicleSure != t.in.State.VehicleSure || t.about.restart
}

// isAsking tells whether there are variants to ask about.
func (t *turn) isAsking() bool { return t.category != nil && len(t.s.Pending) > 0 }

// canPrice tells whether there is a set and nothing left to ask about it.
func (t *turn) canPrice() bool {
	return t.category != nil && len(t.s.Items) > 0 && len(t.s.Pending) == 0
}

// sayNotes says what would otherwise be dropped in silence.
func (t *turn) sayNotes() {
	if t.truncated {
		t.say(truncatedText)
	}
	for _, x := range t.found.inactive {
		name := plain(x.Name)
		reason := plain(x.Reason)
		if reason == "" {
			reason = "ahora mismo no lo tramitamos."
		}
		t.say(firstOfNames(name) + ": " + lowerFirst(reason))
	}
	if len(t.found.dropped) > 0 {
		t.say("Vale, dejo fuera: " + listText(lowerAll(t.found.dropped)) + ".")
	}
	switch unknown := quotedList(t.found.unknown); {
	case unknown == "", t.about.question && !t.found.named:
	case t.found.named && t.canPrice():
		t.say(unpriced(t.found.unknown))
	default:
		t.say("No he reconocido " + unknown + ".")
	}
}

// unpriced says what is not in a price because nobody knows it.
func unpriced(fragments []string) string {
	are := " y no está en este precio; si es otra modificación, dímela con otras palabras."
	if len(fragments) > 1 {
		are = " y no están en este precio; si son otras modificaciones, dímelas con otras palabras."
	}
	return "No he reconocido " + quotedList(fragments) + are
}

// answerSideQuestions answers what can stand beside a quote, and tells whether
// there was any. What a rule has answered is not left to a person as well.
func (t *turn) answerSideQuestions() bool {
	side := false
	if t.about.regulation {
		if t.ruling.restAbout.regulation {
			t.answerRegulation()
		}
		side = true
	}
	if t.about.duration {
		if t.ruling.restAbout.duration {
			t.say(durationText)
			t.sayUrgent()
			t.escalate(SourceCustomerRequest, "Pregunta por los plazos.")
		}
		side = true
	}
	if t.sayServices() {
		side = true
	}
	if t.about.robot {
		t.say(robotText)
		side = true
	}
	return side
}

// goOnAfterSide leads back to what was open before a side question.
func (t *turn) goOnAfterSide() {
	t.polite = true
	switch {
	case t.isAsking():
		t.askVariant()
	case t.offerService():
	case t.s.Quote != nil && (t.s.Asked == askedOpen || t.s.Asked == askedEarlier) && !t.s.Accepted:
		t.ask(askedOpen, openQuestion)
	case len(t.s.Items) > 0:
	case t.s.Hint != "":
		t.ask(askedHint, hintQuestion)
	case t.gap == gapSheet:
	case t.about.robot:
		t.askNext()
	default:
		t.asks = t.s.Asked
	}
}

// smallTalk answers greetings, thanks and the like without starting a loop.
func (t *turn) smallTalk(decision Decision) {
	t.polite = t.about.greeting || t.about.thanks || t.about.bye
	first := !t.in.State.Greeted
	switch {
	case t.isAsking():
		if !t.polite {
			t.missVariant()
			return
		}
		if t.about.thanks {
			t.say("¡A ti!")
		}
		t.askVariant()
	case t.about.bye:
		t.say(byeText)
		t.keepAsked()
	case t.about.thanks && !first:
		t.say(thanksText)
		t.keepAsked()
	case t.s.Accepted, t.gap == gapSheet:
		t.say(assentText)
	case t.s.Quote != nil && decision == Yes && t.s.Asked == askedNothing:
		t.ask(askedOpen, openQuestion)
	case t.s.Quote != nil:
		if t.about.greeting && len(t.parts) == 0 {
			t.say("¡Hola de nuevo!")
		}
		t.say(goOnText)
		t.asks = askedEarlier
	case !first && !t.polite && (t.s.Asked == askedNothing || t.s.Asked == askedPerson):
		t.say(assentText)
	case !first && !t.polite:
		t.miss()
	default:
		if t.about.greeting && len(t.parts) == 0 {
			t.say("¡Hola!")
		}
		t.askNext()
	}
}

// keepAsked leaves what was asked open, without asking again.
func (t *turn) keepAsked() {
	t.asks = t.s.Asked
	if t.asks == askedOpen {
		t.asks = askedEarlier
	}
}

// givesData tells whether a turn brings what a case file needs: a number plate,
// an identity number, an address.
func (t *turn) givesData() bool {
	return t.r.has(dataPhrases...) || personalData.MatchString(strings.ToLower(t.text))
}

var dataPhrases = []string{
	"mi dni es", "mi nie es", "mi correo es", "mi email es", "mi matricula es", "la matricula es", "el bastidor es", "mi nombre es", "me llamo",
}

var personalData = regexp.MustCompile(strings.Join([]string{
	`\b\d{4}[ -]?[bcdfghjklmnprstvwxyz]{3}\b`,    // number plate
	`\b\d{8}[ -]?[a-z]\b`, `\b[xyz]\d{7}[a-z]\b`, // DNI, NIE
	`[^\s@]+@[^\s@]+\.[a-z]{2,}`,
	`\b[a-hj-npr-z0-9]{17}\b`,     // VIN
	`\b[67]\d{2} ?\d{3} ?\d{3}\b`, // mobile phone
}, "|"))
