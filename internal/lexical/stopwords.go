package lexical

import "strings"

// stopWords say nothing; the list is Snowball's, folded.
var stopWords = setOf(`de la que el en y a los del se las por un para con no una su al lo como mas pero sus le ya o
	este si porque esta entre cuando muy sin sobre tambien me hasta hay donde quien desde todo nos durante todos uno les
	ni contra otros ese eso ante ellos e esto mi antes algunos unos yo otro otras otra tanto esa estos mucho quienes nada
	muchos cual poco ella estar estas algunas algo nosotros mis tu te ti tus ellas nosotras vosotros vosotras os mio mia
	mios mias tuyo tuya tuyos tuyas suyo suya suyos suyas nuestro nuestra nuestros nuestras vuestro vuestra vuestros
	vuestras esos esas estoy estas estamos estais estan este estemos esteis esten estare estara estaran estaria estaba
	estaban estuvo estuvieron estado estada estados estando he has ha hemos habeis han haya hayas hayamos hayan habre
	habra habran habria habrian habia habian hubo hubieron hubiera habido habiendo soy eres es somos sois son sea seas
	seamos sean sere sera seran seria serian era eran fui fue fuimos fueron fuera fueran siendo sido tengo tienes tiene
	tenemos teneis tienen tenga tengan tendra tendran tenia tenian tuvo tuvieron teniendo u ser cada`)

// questionWords ask; what is searched for does not contain them.
var questionWords = setOf(`que cual cuales quien quienes cuando cuanto cuanta cuantos cuantas donde adonde como porque
	dime explicame indica dice dicen normativa puedo puede pueden podria debo hace hago hacer falta necesito quiero saber poner pongo tener llevar`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
