package assistant

// mediaKinds says which attachments a turn has.
type mediaKinds struct{ pictures, recordings, cards bool }

func (m *mediaKinds) add(kind string) {
	switch kind {
	case "audio", "video":
		m.recordings = true
	case "location", "contact":
		m.cards = true
	default: // image, file, story mentions, and what is still to come
		m.pictures = true
	}
}

// answerWordless answers a turn without a word: files, emojis, nothing.
func (t *turn) answerWordless() {
	t.polite = true
	switch decision := t.r.decide(); {
	case decision != Unclear && t.s.Asked != askedNothing:
		t.absorb()
		t.respond()
		return
	case t.media.recordings:
		t.missed = true
		if t.s.Misses > 0 {
			t.handOver(SourceNotUnderstood, handOverMissText, "Envía audios o vídeos en lugar de texto.")
			return
		}
		t.keepAsked()
		t.say(audioText)
		return
	case t.media.pictures && t.s.Accepted:
		t.say(receivedAck)
		return
	case t.media.pictures:
		t.say(mediaText)
	case t.media.cards:
		t.say(cardText)
	case t.text != "": // emojis and punctuation
		if t.isSettled() {
			t.say(assentText)
			t.keepAsked()
			return
		}
		t.missed = t.in.State.Greeted
		if t.missed && t.s.Misses > 0 {
			t.handOver(SourceNotUnderstood, handOverMissText, "Envía mensajes sin texto que no se entienden.")
			return
		}
	case t.s.Misses > 0:
		t.missed = true
		t.handOver(SourceNotUnderstood, handOverMissText, "Envía mensajes vacíos.")
		return
	default:
		t.missed = true
		t.say(emptyText)
	}
	t.category, t.gap = t.sheet()
	t.askNext()
}

// isSettled tells whether nothing is being asked that has to be answered.
func (t *turn) isSettled() bool { return t.s.Quote != nil && len(t.s.Pending) == 0 }
