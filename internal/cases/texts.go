package cases

import "strings"

// statusText is what a customer is told when a person changes the status; ""
// when it does not concern them.
func statusText(number string, from, to Status, reason string) string {
	switch {
	case to == InProgress && from == PendingReview:
		return "Hemos empezado a trabajar en tu expediente " + number + ". Te avisaremos en cuanto esté listo. 👍"
	case to == InProgress && from == Resolved:
		return "Hemos vuelto a abrir tu expediente " + number + ". Te escribimos si nos hace falta algo."
	case to == Resolved:
		return "¡Buenas noticias! Tu expediente " + number + " está terminado. ✅ Una persona del equipo te explicará los siguientes pasos."
	case to == Cancelled:
		return "Hemos cancelado tu expediente " + number + "." + because(reason) + " Si quieres retomarlo, escríbenos."
	case to == Collecting && from == PendingReview:
		return "Hemos revisado tu expediente " + number + " y nos falta algo." + because(reason)
	case to == Collecting && from == Abandoned:
		return "Retomamos tu expediente " + number + " donde lo dejamos."
	}
	return ""
}

func because(reason string) string {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return ""
	}
	return " Motivo: " + strings.TrimSuffix(reason, ".") + "."
}

// RejectReason is why a photo or paper is not good enough.
type RejectReason struct {
	Code string
	// Label is for staff, Text for the customer.
	Label string
	Text  string
}

// RejectReasons is the catalogue of reasons, in the order in which they are
// offered.
var RejectReasons = []RejectReason{
	{"blurry", "Borrosa", "la foto ha salido borrosa"},
	{"dark", "Oscura", "la foto está demasiado oscura"},
	{"reflections", "Con reflejos", "los reflejos no dejan ver bien"},
	{"cropped", "Cortada", "falta una parte: tiene que salir entera"},
	{"illegible", "No se lee", "el texto o el número no se lee"},
	{"no_plate", "Sin matrícula a la vista", "tiene que verse la matrícula"},
	{"no_measure", "Sin la medida", "tiene que verse el metro con la cifra"},
	{"no_mark", "Sin el número E", "tiene que verse el número de homologación (E)"},
	{"wrong_subject", "No es lo que se pide", "no es lo que te pedimos"},
	{"outdated", "Documento caducado", "el documento está caducado o no es el actual"},
	{"other", "Otro motivo", ""},
}

func rejectReason(code string) *RejectReason {
	for i := range RejectReasons {
		if RejectReasons[i].Code == code {
			return &RejectReasons[i]
		}
	}
	return nil
}

// rejectionText asks for a photo or paper again.
func rejectionText(what string, reason *RejectReason, note string) string {
	why := reason.Text
	if note = strings.TrimSpace(note); note != "" {
		if why != "" {
			why += ". "
		}
		why += note
	}
	return "Necesitamos que nos mandes otra vez: " + what + ".\nMotivo: " + strings.TrimSuffix(why, ".") + "."
}
