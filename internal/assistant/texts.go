package assistant

// The fixed sentences for customers: short, tuteo, no markup.

const company = "MSI Homologación"

const (
	defaultDisabledText = "Ahora mismo no podemos atenderte por aquí de forma automática. Un compañero te escribirá en cuanto pueda."

	openQuestion    = "¿Quieres que abramos el expediente?"
	hintQuestion    = "¿Quieres que mientras tanto te prepare el presupuesto?"
	personQuestion  = "¿Quieres que lo vea un compañero contigo?"
	serviceQuestion = "¿Quieres que lo añada al presupuesto?"
	moreQuestion    = "¿Has cambiado algo más?"
	clientQuestion  = "¿Eres particular o profesional (taller, empresa)?"
	camperQuestion  = "¿La furgoneta está camperizada o es una autocaravana?"
	caravanQuestion = "¿Es una autocaravana o camper con motor, o una caravana de remolque?"

	provisionalText = "Es un precio provisional: un compañero tiene que revisarlo antes de confirmártelo."
	papersHeader    = "Documentación que necesitaremos:"
	slotsLaterText  = "Fotos concretas de cada elemento (pregúntame por la documentación y te las detallo)"
	papersMoreText  = "El resto de las fotos te las detallamos al abrir el expediente."

	helpText = "Sin problema, te ayudo. Mira cuál se parece a lo tuyo:"

	acceptedText  = "¡Perfecto! Un compañero abre tu expediente y sigue contigo por aquí."
	openedText    = "¡Perfecto! Abro tu expediente y lo vamos completando por aquí, a tu ritmo."
	prepareHeader = "Mientras tanto, ve preparando:"
	declinedText  = "Sin problema. Si quieres cambiar algo o te animas más adelante, escríbeme por aquí."
	repricedText  = "Ojo, la tarifa ha cambiado desde que te di el precio. Este es el actual:"
	objectionText = "Te entiendo. Es un precio de tarifa y no lo puedo cambiar, pero podemos quitar algún elemento."

	personText       = "Claro, te paso con un compañero. Te escribe por aquí en cuanto pueda."
	ruleText         = "Te paso con un compañero, que te escribe por aquí en cuanto pueda."
	angryText        = "Siento las molestias. Te paso ahora mismo con un compañero para que lo vea contigo."
	handOverMissText = "No quiero hacerte perder el tiempo: te paso con un compañero, que te escribe por aquí en cuanto pueda."
	notCoveredText   = "Esa combinación no entra en ninguna tarifa cerrada y no te quiero dar un precio a ojo. Te paso con un compañero para que te la valore."
	failedText       = "Ahora mismo no puedo calcularte el precio. Te paso con un compañero para que te lo mire."
	regulationText   = "Sobre la normativa te responde un compañero: ya le he pasado tu pregunta."
	// regulationUnknownText says it when the documents do not answer.
	regulationUnknownText = "No lo sé con los documentos disponibles. Ya le he pasado tu pregunta a un compañero."
	regulationTextOnly    = "(Lo he buscado solo por palabras: si no es lo que preguntabas, dímelo de otra manera.)"
	durationText          = "Los plazos dependen de cada caso y no quiero darte una fecha a ojo: un compañero te lo confirma por aquí."
	unknownAskText        = "Eso prefiero que te lo confirme un compañero: ya le he pasado tu pregunta."
	robotText             = "Soy un asistente automático. Si prefieres hablar con una persona, dímelo y te paso."
	truncatedText         = "Tu mensaje es muy largo y solo he podido leer el principio; si falta algo, mándamelo aparte."
	notUnderstoodText     = "Perdona, no te he entendido bien."

	thanksText  = "¡A ti! Aquí me tienes para lo que necesites."
	byeText     = "¡Hasta pronto!"
	assentText  = "De acuerdo, aquí me tienes para lo que necesites."
	goOnText    = "Cuando quieras seguimos con tu presupuesto."
	mediaText   = "¡Gracias! Las fotos y los documentos los recogemos al abrir el expediente."
	audioText   = "Por aquí no puedo escuchar audios ni ver vídeos. ¿Me lo escribes en un mensaje?"
	cardText    = "Gracias, lo he recibido."
	emptyText   = "No me ha llegado ningún texto."
	dataText    = "Gracias. Los datos los recogemos al abrir el expediente; todavía no hace falta que los mandes."
	receivedAck = "Gracias, lo verá el compañero que lleva tu expediente."
)
