package elements

// The words behind the lexicon, folded as tokens are. Nouns and adjectives stand
// in one form; verbs in the infinitive, with further roots after it.

type wordGroup struct {
	class class
	words string
}

var functionWords = []wordGroup{
	{classDeterminer, `el la los las un una unos unas lo mi mis tu tus su sus nuestro nuestra nuestros nuestras este esta estos estas
		ese esa esos esas aquel aquella otro otra otros otras algun alguna algunos algunas cada cualquier`},
	{classPreposition, `de del d a al en para pa por sobre entre hacia desde hasta segun con cn sin tras durante`},
	{classAnd, `y e`},
	{classOr, `o u`},
	{classPronoun, `me te se nos os le les lo la los las yo tu usted ustedes el ella ellos ellas nosotros mi`},
	{classGlue, `que q k qe muy solo solamente unicamente tambien tb tbn tmb ademas incluso pues ya aun todavia asi ahi aqui alli mas
		como cual cuales mio mia mios mias tipo tal o sea concretamente pongamos digamos sobretodo`},
	{classCopula, `es son esta estan era eran fue sea sean va van iba viene vienen sigue siguen queda quedan ser seria serian`},
	{classAffirm, `si tambien`},
	{classCommon, `no ni sin menos excepto salvo nada nadie nunca jamas tampoco pero sino aunque porque cuando donde quien
		cuanto cuanta cuantos cuantas si algo alguien hay todo toda todos todas ninguno ninguna ningun poco mucho mucha tanto
		demasiado casi bastante bien mal mejor peor luego despues antes ahora hoy ayer manana siempre entonces etc etcetera ok vale
		okey hola holi buenas buenos dias tardes noches gracias graciass porfa porfavor favor saludos saludo adios hasta xfa pls
		jaja jajaja jeje eh oye oiga mira bueno venga claro perfecto genial estupendo perdon perdona disculpa disculpad encantado
		eso esto aquello ello ambos ambas mismo misma igual quiza quizas acaso ojala mientras contra ante bajo cerca lejos dentro
		fuera encima debajo delante detras atras adelante alrededor`},
}

// numberWords are indexed by their value; "un" counts as an article too.
var numberWords = [...]string{
	1: `uno un una`, 2: `dos par pareja`, 3: `tres trio`, 4: `cuatro`, 5: `cinco`, 6: `seis`,
	7: `siete`, 8: `ocho`, 9: `nueve`, 10: `diez`, 11: `once`, 12: `doce`,
}

var contentWords = []wordGroup{
	{classSide, `delantero trasero izquierdo derecho frontal posterior lateral superior inferior central delante detras atras`},
	{classNeutral, `nuevo homologado original deportivo especial completo entero corto largo alto bajo grande pequeno redondo led xenon halogeno
		negro blanco rojo azul verde amarillo cromado plata dorado gris universal aluminio titanio carbono fibra acero inox inoxidable metal metalico metalizado
		plastico cuero piel gel custom racing vintage retro moderno clasico bonito distinto diferente igual mismo artesanal casero
		usado viejo antiguo extra doble simple normal basico ancho estrecho bonita legal reforzado regulable ajustable plegable universal invertido flotante
		secuencial dinamico redonda ahumado tintado calefactable anodizado radial electrico mecanico hidraulico manual automatico adicional auxiliar
		tipo modelo marca version estilo parte lado eje zona medida tamano tractor trail enduro scrambler bobber chopper
		tracker racer cafe naked`},
	{classBrand, `yamaha honda kawasaki suzuki bmw ktm ducati aprilia triumph harley davidson sportster softail husqvarna benelli piaggio vespa derbi
		gilera kymco sym royal enfield guzzi mash voge zontes cfmoto peugeot rieju beta gasgas montesa bultaco ossa sherco vmax
		bonneville scrambler thruxton monster hypermotard panigale hornet varadero africa transalp tracer tenere tmax xmax nmax burgman ninja versys
		vulcan shadow bandit gladius vstrom intruder marauder rebel hayabusa duke hyosung kawa yama daelim
		brembo nissin tokico beringer magura accossato galfer ebc braking hel spiegler rizoma puig lightech barracuda renthal lsl tarozzi tommaselli
		protaper domino gilles vortex koso daytona motogadget givi shad kappa motech bmc dna scorpion showa kayaba marzocchi andreani
		fournales sachs bst oz continental avon shinko maxxis dell orto keihin ermax highsider kellermann barkbusters evotech cnc oxford hepco becker
		fiat ducato iveco mercedes sprinter ford transit volkswagen crafter renault master citroen jumper boxer adria hymer burstner challenger
		benimar rapido pilote dethleffs knaus weinsberg carado sunlight rimor elnagh laika mclouis roller chausson carthago mobilvetta
		fiamma thule omnistor truma dometic webasto eberhard alko goldschmitt victron teleco vechline goodyear hankook westfalia brink`},
	{classVehicle, `moto motocicleta motillo scooter ciclomotor cafe coche vehiculo auto carro furgon furgoneta camper autocaravana autocarabana caravana
		motor cilindrada cc cv bastidor chasis custom bici bicicleta remolque quad camion km kms kilometro`},
	{classMatter, `cambio homologacion legalizacion modificacion instalacion sustitucion montaje reforma reformas colocacion reubicacion
		adaptacion eliminacion anulacion regularizacion incorporacion presupuesto precio tarifa coste importe tema asunto kit juego conjunto equipo sistema
		cosa tipo marca modelo foto fotografia imagen video referencia certificado papel documentacion documento ficha ficha factura proyecto
		informe numero marcado contrasena medida hueco parte lado resto pareja par cantidad unidad pieza elemento opcion homologada
		problema duda consulta pregunta informacion info detalle lista listado montador fabricante
		desmontaje compra pedido prueba ensayo examen revision reparacion pago total cuestion caso trabajo tramite tramitacion`},
	{classPart, `color pintura vinilo pegatina puno maneta manilla palanca pedal pastilla zapata liquido aceite cable tapon tapa tornillo tuerca junta goma cadena pinon corona
		plato embrague radiador bujia carburador inyector centralita funda protector soporte anclaje cubre contrapeso botella
		basculante biela correa variador bombilla lampara cristal tulipa bateria claxon bocina pito enchufe interruptor boton mando
		caja bisagra tirador pomo manivela lona cinta red plataforma brida abrazadera racor rodamiento reten casquillo retenedor portapaquete parabrisas
		pantalla deflector paramano quitamiedo defensa estabilizador parrilla killer alarma intercomunicador gps navegador aleron quilla quitapiedras mochila
		regulador inversor cerco marco perfil cortina persiana mosquitera colchon cama mesa silla grifo bomba boiler calefaccion
		estufa inodoro wc ducha escalera gato calzo espaldar respaldo sissybar gases salida emision`},
	{classCommon, `caro barato para casa mano lunes martes miercoles jueves viernes sabado domingo semana mes ano enero febrero marzo abril
		mayo junio julio agosto septiembre octubre noviembre diciembre hora minuto rato momento vez tiempo fecha cita taller mecanico ingeniero
		perito cliente padre madre hijo hija hermano mujer marido novia novio primo amigo companero cunado vecino jefe gente persona senor
		itv guardia civil policia multa trafico dgt seguro poliza permiso circulacion carnet dni nif iva euro dinero oferta descuento tarjeta efectivo
		bizum transferencia anticipo plazo envio correo email mail telefono movil whatsapp mensaje web pagina direccion nombre apellido calle ciudad
		pueblo provincia madrid barcelona valencia sevilla malaga bilbao zaragoza murcia espana cataluna galicia andalucia
		primero segundo tercero ultimo siguiente anterior proximo pasado verdad razon motivo gana ganas idea suerte pena miedo culpa derecho ley
		normativa reglamento bueno buena malo mala facil dificil posible imposible necesario obligatorio importante urgente rapido lento listo
		seguro prisa espacio sitio lugar lado final principio fin punto medio mitad manera forma modo ejemplo cuestion respuesta
		interesado particular profesional empresa tienda concesionario gestoria oficina colegio trabajo negocio
		siento acento llano fresno malta orilla rodilla muela intermitencia estribillo fregona aliento espeso optimo planta llanto cuatro marcado mercado litro silencio conector carniceria caballero muleta literal complejo completo sencillo
		inversion universo ventaja venta materia regular calificacion eleccion computador proposito siguiente cuadrado comida mesa perro gato vaca
		viaje camino carretera autopista campo playa monte montana pista tierra lluvia invierno verano cielo
		plaza puesto asistente noticia pregunta duda cosa cuenta pareja gama nivel tema rollo historia vida mundo pais cabeza
		cansado cerrado abierto cercano contento tranquilo preocupado harto solo sola juntos muchisimo varios varias demas unico
		aunque mientras menudo vaya joder hostia leche madre tio colega chaval crack maquina figura jefe
		minimo maximo supuesto acuerdo pronto tarde temprano apenas
		sustituto motivo estado accidente golpe rotura averia ruido olor agua gasolina gasoil diesel
		curva velocidad potencia peso altura anchura longitud distancia grado metro centimetro milimetro
		resultado aprobado rechazo defecto leve grave favorable desfavorable conforme`},
}

// The class is what the verb is besides a verb.
var verbs = []wordGroup{
	{classChange, `cambiar, homologar, legalizar, modificar, montar, instalar, quitar, cortar, recortar, reubicar, mover muev, llevar, meter, sustituir sustituy,
		reemplazar, eliminar, regularizar, reformar, adaptar, colocar, ampliar, aumentar, alargar, acortar, incluir incluy, anadir, acoplar, clasificar, reclasificar,
		incorporar, comprar, fabricar, soldar, reforzar refuerz, tramitar, presupuestar, anular, desmontar, poner pong, tocar, matricular,
		fijar, atornillar, desplazar, trasladar, ensanchar, estrechar, reducir reduzc, subir, bajar, elevar`},
	{0, `mirar, mandar, enviar, pasar, preguntar, necesitar, costar cuest, salir salg, cobrar, pagar, tardar, llamar, hablar, esperar, ayudar,
		informar, consultar, gustar, interesar, pedir pid, dejar, conservar, pintar, limpiar, lavar, tapizar, reparar, romper, arreglar, vender,
		llegar, creer, pensar piens, entender entiend, faltar, quedar, terminar, empezar empiez, acabar, trabajar, vivir, utilizar, usar,
		servir sirv, funcionar, multar, parar, denunciar, rechazar, aceptar, aprobar aprueb, suspender, buscar, encontrar encuentr, conocer conozc, leer, escribir,
		responder, contestar, confirmar, entregar, recoger recoj, reservar, elegir elij, aparecer aparezc, constar, figurar, valorar, estudiar, viajar, conducir conduzc, alquilar,
		afectar, tapar, sobresalir sobresalg, deber, desear, comentar, contar cuent, indicar, explicar, facilitar, adjuntar, comprobar comprueb, revisar, cumplir, evitar, perder pierd, ganar, ahorrar,
		permitir, prohibir, obligar, exigir exij, solicitar, contratar, calcular, agradecer agradezc, avisar, atender atiend, apuntar, aclarar, corregir corrig, equivocar, olvidar, recordar recuerd,
		descartar, excluir excluy, descontar descuent, borrar, sacar, retirar, cancelar, dudar, probar prueb, intentar, lograr, conseguir consig, seguir sig, presentar,
		firmar, sellar, certificar, circular, rodar ruend, frenar, arrancar, escapar, filtrar, pilotar, asentar asient, cuadrar, bombear, aparcar, cargar, cerrar cierr, abrir, caer caig, molar, flipar, chocar, caber, importar, soltar suelt, moler muel, parecer parezc, asegurar, transferir, gestionar`},
}

// changeIrregular names the irregular verbs of change.
const changeIrregular = "hacer tener"

const irregularVerbs = `
hacer: hago haces hace hacemos haceis hacen hice hizo hicimos hicieron hecho hecha hechos hechas haga hagas hagan hagais hacia hacian haciendo hare haria harias hariais haceros hacerle hacerlo hacerla hacerme
tener: tengo tienes tiene tenemos teneis tienen tuve tuvo tuvimos tuvieron tenido tenga tengas tengan tengamos tenia tenian teniendo tendria tendriamos tendre tendra tenerlo tenerla
querer: quiero quieres quiere queremos quereis quieren quise quiso quisiera querria queria queriamos querian querido quiera
poder: puedo puedes puede podemos podeis pueden pude pudo podria podriamos podrian podriais podido pueda puedas puedan podre
saber: se sabes sabe sabemos sabeis saben supe sabia sabido sepa saberlo
haber: he has ha hemos habeis han habia habian hubiera habria haya hayan hay hubo
ser: soy eres somos sois fui fueron siendo sido sera seria serian sean
estar: estoy estas esta estamos estais estan estuve estaba estaban estado este esten estara estaria
ir: voy vas va vamos vais van iba iban ido vaya vayan yendo irse
decir: digo dices dice decimos decis dicen dije dijo dijeron dicho diga digas digan diciendo decirme decirnos dime decidme diria
dar: doy das da damos dais dan di dio dieron dado dame dadme darme daros
ver: veo ves ve vemos veis ven vi vio visto vea veas viendo veis
venir: vengo vienes viene venimos vienen vine vino vinieron venia venian venga viniendo venido
valer: valgo vale valen valia valdria valdrian valido
oir: oigo oyes oye oido
traer: traigo traes trae traemos traen traje trajo traia traido
mantener: mantengo mantiene mantenemos mantienen mantuve mantenia mantenido mantenga
poner: puse pusiste puso pusimos pusieron puesto puesta puestos puestas pon ponlo ponme pondria pondre
gustaria: gustaria
`

// abbreviations are whole words, unlike the dotted ones, which need only be the
// beginning of a word of the vocabulary.
var abbreviations = map[string]string{
	"susp": "suspension", "amort": "amortiguador", "inter": "intermitente", "inters": "intermitentes", "interm": "intermitente",
	"retros": "retrovisores", "mat": "matricula", "matri": "matricula", "guarda": "guardabarros", "velo": "velocimetro",
	"homo": "homologar", "presu": "presupuesto",
}

// decoys are phrases that contain the name of an element and mean something
// else. They compete with the vocabulary's phrases, the longest winning.
var decoys = []string{
	"amortiguador de dirección", "disco de embrague", "bomba de agua", "bomba de gasolina", "bomba de aceite", "bomba de embrague", "bomba de combustible",
	"filtro de aceite", "filtro de gasolina", "filtro de combustible", "filtro de partículas", "filtro de habitáculo", "filtro de polen", "filtro de agua",
	"depósito de aceite", "depósito de gasoil", "depósito de adblue", "depósito de gasolina", "depósito de combustible", "depósito de embrague", "freno de mano", "freno motor", "luz verde", "recibo de luz", "luz de posición", "gases de escape",
	"número de matrícula", "nº de matrícula", "matrícula es", "matrícula de la moto", "foto de matrícula", "foto con matrícula", "con matrícula",
	"matrícula española", "matrícula extranjera", "matrícula nueva", "letra de matrícula", "plaza de garaje", "plaza de parking", "dos plazas", "tres plazas",
	"cuatro plazas", "cinco plazas", "seis plazas", "siete plazas", "perder segunda plaza", "perder plaza", "placa de características", "placa de fabricante",
	"placa de matrícula", "antena de tv", "antena de televisión", "antena de tdt", "antena de radio", "antena wifi", "antena de internet", "antena 4g", "antena 5g",
	"todo gas", "aire libre", "cuadro eléctrico", "piloto automático", "rueda de repuesto", "escalón manual", "escalón mecánico", "escalón fijo",
	"peldaño manual", "peldaño fijo",
}

// wholeDecoys are decoys in which the small words count.
var wholeDecoys = []string{"mi matrícula", "matrícula de mi", "una plaza", "el gálibo", "al gálibo", "en gálibo", "en el gálibo", "del gálibo"}
