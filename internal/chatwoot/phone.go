package chatwoot

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// homeRegion is where a number without a country prefix is taken to be.
const homeRegion = "ES"

// normalizePhone returns the E.164 form ("+34600100201"), or "" when the text
// is not a possible phone number.
func normalizePhone(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 64 {
		return ""
	}
	n, err := phonenumbers.Parse(text, homeRegion)
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// phoneFromWhatsAppID reads the number out of a WhatsApp source id: digits with
// the country prefix, in Twilio's spelling with "whatsapp:+" before them. The
// newer ids of people who hide their number ("ES.1349…") give "".
func phoneFromWhatsAppID(sourceID string) string {
	digits := strings.TrimPrefix(strings.TrimPrefix(sourceID, "whatsapp:"), "+")
	if len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return normalizePhone("+" + digits)
}
