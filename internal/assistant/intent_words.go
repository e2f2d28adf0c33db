package assistant

// The phrases that give an intent away, as read makes words: lower case, no
// accents. A * at the end of a word stands for any ending.

var humanPhrases = []string{
	"hablar con", "hable con", "hablad con", "hablar por telefono", "con una persona", "quiero una persona", "prefiero una persona",
	"necesito una persona", "una persona real", "persona real", "persona humana", "alguna persona", "una persona que me", "un humano", "con humano", "ser humano",
	"un agente", "con agente", "un asesor", "una asesora", "un comercial", "una comercial", "un operador", "una operadora", "con alguien", "alguien que me",
	"atencion humana", "atencion personal", "atencion al cliente", "pasame con", "paseme con", "pasadme con", "ponme con", "poneme con", "ponedme con",
	"llamame", "llamadme", "llameme", "llamenme", "me llamas", "me llamais", "me podeis llamar", "me puedes llamar", "me pueden llamar",
	"podeis llamarme", "puedes llamarme", "puede llamarme", "pueden llamarme", "os puedo llamar", "te puedo llamar", "puedo llamar*", "quiero llamar",
	"que me llam*", "una llamada", "numero de telefono", "vuestro telefono", "teneis telefono", "tienes telefono", "tienen telefono", "hay telefono",
	"un telefono de contacto", "un telefono donde", "un telefono para", "telefono de contacto", "contactar con vosotros", "no quiero hablar con un*",
	"algun companero", "con un companero", "con una companera", "a un companero", "trato humano", "que me atienda*", "atiendame*", "atendedme",
	"con el encargado", "con un responsable", "con el responsable", "con un tecnico", "con un ingeniero", "con el ingeniero", "con tu jefe", "con vuestro jefe",
}

// notHumanPhrases have a human phrase in them and mean something else.
var notHumanPhrases = []string{
	"hablar con mi", "hablarlo con mi", "hablar con el taller", "hablar con mi taller", "he hablado con", "hable con mi", "soporte de telefono",
	"soporte telefono", "soporte para el telefono", "soporte del telefono", "tengo que hablar con", "para una persona", "de una persona mas",
}

// humanWords ask for a person when they stand alone.
var humanWords = []string{
	"agente", "humano", "persona", "asesor", "operador", "comercial", "ayuda humana", "llamada", "telefono", "tecnico", "hablar",
}

var angryPhrases = []string{
	"verguenza", "vergonzoso", "estafa*", "os denuncio", "os voy a denunciar", "voy a denunciar*", "pondre una denuncia", "os demand*", "reclamacion*",
	"poner una queja", "una queja", "mi queja", "quejarme", "estoy harto", "estoy harta", "harto de", "harta de", "cabreado", "cabreada", "enfadado",
	"enfadada", "indignado", "indignada", "inutil", "inutiles", "mierda", "gilipollas", "imbecil*", "idiota*", "subnormal*", "hijos de puta", "hijo de puta",
	"hdp", "cabron*", "un timo", "timador*", "ladrones", "abogado", "mi abogada", "oficina de consumo", "pesimo", "pesima", "lamentable", "nadie me contesta",
	"nadie contesta", "nadie me responde", "nadie responde", "no me contestais", "no contestais", "no me respondeis", "no respondeis", "tomadura de pelo",
	"tomais el pelo", "tomando el pelo", "dias esperando", "semanas esperando", "meses esperando", "no servis", "no sirves", "tonto", "tonta", "estupid*", "payaso*", "no me ayudas",
	"no me estas ayudando", "no me entiendes", "no entiendes nada", "no te enteras", "mala atencion", "muy mal servicio", "devolvedme el dinero",
	"devolver el dinero", "devuelvan el dinero",
}

var pricePhrases = []string{
	"cuanto cuesta*", "cuanto cuestan", "cuanto vale", "cuanto valen", "cuanto es", "cuanto son", "cuanto seria*", "cuanto me sal*", "cuanto sal*",
	"cuanto costar*", "cuanto me costar*", "cuanto me cuesta", "cuanto me cobra*", "cuanto cobra*", "cuanto hay que pagar", "cuanto tengo que pagar", "cuanto pago", "cuanto",
	"precio", "precios", "presupuesto", "presupuestos", "presupuestar", "tarifa", "tarifas", "coste", "costo", "que vale", "que cuesta", "que costaria",
	"importe", "por cuanto",
}

// notPricePhrases have a price phrase in them and mean something else.
var notPricePhrases = []string{"en cuanto", "cuanto antes", "cuanto tiempo", "cuanto tarda*", "cuanto se tarda", "cuanto demora*"}

var quotePhrases = []string{
	"homolog*", "omolog*", "homolg*", "legalizar*", "legalizo", "legaliza", "legalizacion*", "legalice*", "regulariz*", "tramitar", "quiero pasar la itv",
	"poner en regla", "poner al dia", "hacer legal", "hacerlo legal", "ponerlo legal", "dejarlo legal", "reforma", "reformas", "he cambiado",
	"he puesto", "he montado", "le he", "tiene puesto", "lleva puesto", "lleva montado", "quiero cambiar", "quiero poner", "quiero montar", "voy a poner", "voy a montar", "quiero instalar",
}

// notQuotePhrases only describe an element in a question about the rules.
var notQuotePhrases = []string{
	"sin homologar", "no homologad*", "esta homologad*", "estan homologad*", "sin legalizar", "va homologad*", "van homologad*", "este homologad*", "esten homologad*",
	"que homologar", "homologado", "homologada", "homologados", "homologadas",
}

var papersPhrases = []string{
	"documentacion", "documentos", "documento", "papeles", "papeleo", "que papel*", "que fotos", "fotos necesit*", "las fotos", "que necesitas", "que necesitais",
	"que necesito", "que os mando", "que os envio", "que te mando", "que te envio", "que tengo que mandar", "que tengo que enviar", "que hay que mandar",
	"que hay que enviar", "que hace falta", "que me hace falta", "que tengo que aportar", "que debo enviar", "que debo aportar", "requisitos", "que pedis",
}

var durationPhrases = []string{
	"cuanto tarda*", "cuanto tardais", "cuanto se tarda", "cuanto tiempo", "cuantos dias", "cuantas semanas", "plazo", "plazos", "cuando estaria*",
	"cuando lo ten*", "cuando estara*", "para cuando", "que tarda", "tardais mucho", "tarda mucho", "en cuanto tiempo", "cuanto demora",
}

var objectionPhrases = []string{
	"caro", "muy cara", "es cara", "sale cara", "tan cara", "bastante cara", "demasiado cara", "carisimo", "carillo", "demasiado dinero", "mucho dinero", "un dineral", "es mucho", "mas barato", "mas economico", "descuento",
	"descuentos", "rebaja", "rebajar", "oferta", "se me va de presupuesto", "me pasais de precio", "en otro sitio", "otra empresa me", "menos dinero", "me haces precio",
	"mejor precio", "ultimo precio",
}

var robotPhrases = []string{
	"eres un robot", "eres un bot", "eres una maquina", "eres una ia", "eres ia", "eres humano", "eres una persona", "eres real",
	"hablo con un robot", "hablo con una maquina", "hablo con un bot", "hablo con una persona", "es un robot", "es un bot", "eres chatgpt", "quien eres",
}

var restartPhrases = []string{
	"empezar de nuevo", "empezamos de nuevo", "empezar de cero", "empecemos de nuevo", "empezar otra vez", "desde cero", "otro presupuesto",
	"nuevo presupuesto", "borra todo", "borralo todo", "olvida todo", "olvidalo todo", "olvida lo anterior", "olvida lo de antes", "quita todo", "quitalo todo",
	"reiniciar", "resetear",
}

var openPhrases = []string{
	"abre* el expediente", "abri* el expediente", "abramos el expediente", "abre* expediente", "abri* expediente", "abramos expediente",
	"acepto el presupuesto", "aceptamos el presupuesto", "acepto el precio", "quiero abrirlo", "quiero contratar*", "quiero seguir adelante", "lo quiero contratar",
	"adelante con todo", "adelante con ello",
}

var onlyPhrases = []string{"solo", "solamente", "unicamente", "nada mas que", "exclusivamente", "mejor solo", "dejalo en", "dejemoslo en", "sola", "a solas"}

var removalPhrases = []string{
	"quita*", "quitemos", "quito", "elimina*", "borra*", "saca*", "saco", "retira*", "descarta*", "sin", "ya no", "al final no", "fuera",
	"no incluyas", "no incluyais", "no metas", "no pongas",
}

var allButPhrases = []string{"todo menos", "todo excepto", "todo salvo", "todos menos", "todas menos", "todos excepto", "todas excepto"}

var removeVerbs = []string{"quita*", "elimina*", "borra*", "saca*", "retira*", "fuera"}

var greetingPhrases = []string{
	"hola", "ola", "holi", "buenas", "muy buenas", "buenos dias", "buen dia", "buenas tardes", "buenas noches", "que tal", "que tal estas",
	"que tal estais", "como estas", "como estais", "como va", "saludos", "un saludo", "hey", "ey", "hello", "hi", "encantado", "encantada",
}

var thanksPhrases = []string{
	"gracias", "muchas gracias", "muchisimas gracias", "mil gracias", "grasias", "grcs", "gracias por todo", "gracias por la informacion",
	"gracias por la info", "gracias por responder", "gracias por contestar", "te lo agradezco", "os lo agradezco", "agradecido", "agradecida",
	"muy amable", "muy amables", "igualmente", "gracias igualmente",
}

var byePhrases = []string{
	"adios", "hasta luego", "hasta pronto", "hasta manana", "hasta otra", "nos vemos", "chao", "chau", "ciao", "agur", "adeu",
	"que vaya bien", "buen finde", "buen fin de semana", "feliz dia", "que tengas buen dia", "que tengais buen dia",
}

// assentPhrases acknowledge without adding anything.
var assentPhrases = []string{
	"ok", "oki", "okey", "okay", "vale", "entendido", "entiendo", "comprendo", "de acuerdo", "perfecto", "genial", "estupendo", "bien", "muy bien", "claro",
	"ah vale", "ya veo", "ya", "aja", "si", "guay", "mola", "anotado", "recibido", "me lo apunto", "lo apunto", "tomo nota", "no", "nada", "nada mas", "eso es todo", "esta bien", "bueno",
	"jaja", "jajaja", "jajajaja", "jeje", "jejeje", "xd", "mmm", "hm", "hmm", "um", "eh", "ah", "oh", "uf", "ostras", "anda", "de nada",
}

var askingPhrases = []string{
	"cual", "cuales", "cuanto", "cuanta", "cuantos", "cuantas", "cuando", "donde", "por que", "quien", "quienes", "como puedo", "como se", "como hago",
	"como funciona", "como lo", "que es", "que son", "que hay", "que pasa", "que incluye", "que significa", "que diferencia", "que necesit*", "que tengo",
	"que dice", "que medida*", "que papel*", "que fotos", "que documento*", "que documentacion", "puedo", "se puede", "se pueden", "podria", "podeis", "puedes", "haceis",
	"teneis", "tienes", "hace falta", "es posible", "es legal", "son legales", "es ilegal", "es obligatorio", "es obligatoria", "son obligatori*",
	"es necesario", "necesito saber", "quiero saber", "queria saber", "quisiera saber", "me gustaria saber", "una duda", "tengo una duda", "una pregunta",
	"tengo una pregunta", "no entiendo", "no lo entiendo", "no comprendo", "sabes", "sabeis", "me multan", "pasa la itv", "me pasan",
}

// regulationPhrases ask for the rules, question mark or not.
var regulationPhrases = []string{
	"normativa*", "reglamento*", "que ley", "la ley dice", "segun la ley", "segun ley", "real decreto", "rd 866", "rd 2822", "que articulo", "segun el articulo",
	"directiva", "manual de reformas", "legislacion", "codigo de reforma",
}

// regulationQuestions ask for the rules only in a question.
var regulationQuestions = []string{
	"es legal", "son legales", "es ilegal", "son ilegales", "seria legal", "seria ilegal", "legalmente", "la ley", "una ley", "leyes", "el articulo",
	"esta permitido", "esta permitida", "estan permitid*", "permiten", "esta prohibido", "esta prohibida", "prohibid*", "multa", "multas", "me multan",
	"multar*", "sancion*", "es obligatorio", "es obligatoria", "son obligatori*", "obligatoriedad", "se considera reforma", "es reforma", "es una reforma",
	"son reforma", "decibelios", "la dgt",
	"puedo llevar", "puedo circular", "puedo ir", "se puede llevar", "se puede circular", "se puede ir", "se pueden llevar", "puede llevar", "podria llevar",
	"podria circular", "puedo poner", "puedo montar", "puedo instalar", "se puede poner", "se puede montar", "se puede instalar", "se pueden poner", "me dejan llevar",
	"me dejan poner", "hay que homologar", "hay que legalizar", "tengo que homologar", "tengo que legalizar", "necesito homologar", "necesita homolog*",
	"necesitan homolog*", "hace falta homologar", "hace falta legalizar", "hay que declarar", "debo homologar", "deberia homologar", "es necesario homologar",
	"pasa la itv", "pasa itv", "pasara la itv", "pasaria la itv", "paso la itv", "pasar la itv con", "pasan la itv", "me pasan la itv", "me tiran la itv",
	"altura maxima", "anchura maxima", "ancho maximo", "medida maxima", "medidas maximas", "distancia minima", "longitud maxima", "altura minima",
	"cuanto puede sobresalir", "cuanto puede medir", "que medida", "que medidas", "que dice la", "que dice el",
}
