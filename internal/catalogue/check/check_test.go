package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/catalogue/check"
	"github.com/msia/msia/internal/money"
)

func ptr[T any](v T) *T { return &v }

// small returns a category with one of everything that Category accepts: ESCAPE
// and the variants LUZ_DEL and LUZ_TRAS of the generic LUZ.
func small() *catalogue.Category {
	return &catalogue.Category{
		Slug: "motos-prueba", Name: "Motos", ClientType: catalogue.ClientParticular, VehicleKind: catalogue.VehicleMotorcycle,
		IsActive: true,
		Tiers: []*catalogue.Tier{
			{
				Code: "T1", Name: "Proyecto", Price: money.Cents(20000), SortOrder: 1, IsActive: true, Own: []string{"LUZ_TRAS"},
				Includes: []catalogue.Inclusion{{TierCode: "T2", Max: ptr(2)}},
			},
			{Code: "T2", Name: "Sin proyecto", Price: money.Cents(10000), SortOrder: 2, IsActive: true, Own: []string{"ESCAPE", "LUZ_DEL"}},
		},
		Elements: []*catalogue.Element{
			{
				Code: "ESCAPE", Name: "Escape", IsActive: true, SortOrder: 1, SuggestedServices: []string{"laboratorio"},
				Photos: []*catalogue.PhotoSlot{{Code: "foto", Kind: catalogue.PhotoRequired, Title: "Foto", IsRequired: true}},
				Fields: []*catalogue.Field{
					{Key: "origen", Label: "Origen", Type: catalogue.FieldSelect, Options: []string{"Nuevo", "Usado"}},
					{
						Key: "largo", Label: "Largo", Type: catalogue.FieldNumber, Min: ptr(10.0), Max: ptr(20.0), Example: ptr("15"),
						Condition: &catalogue.FieldCondition{FieldKey: "origen", Operator: "equals", Value: "Nuevo"},
					},
					{Key: "marca", Label: "Marca", Type: catalogue.FieldText},
				},
			},
			{Code: "LUZ", Name: "Luz", IsActive: true, SortOrder: 2, IsGeneric: true, Vocabulary: catalogue.Vocabulary{Question: "¿Cuál?"}},
			{Code: "LUZ_DEL", Name: "Luz delantera", IsActive: true, SortOrder: 3, ParentCode: "LUZ"},
			{Code: "LUZ_TRAS", Name: "Luz trasera", IsActive: true, SortOrder: 4, ParentCode: "LUZ"},
			{Code: "AIRE", Name: "Aire", SortOrder: 5, InactiveReason: ptr("No es una reforma.")},
		},
		Services:      []*catalogue.Service{{Code: "laboratorio", Name: "Laboratorio", Price: money.Cents(2500), IsActive: true}},
		Documentation: []*catalogue.Document{{Code: "ficha", Description: "Ficha técnica", IsRequired: true}},
		Warnings: []*catalogue.Warning{
			{
				Code: "marcado", Severity: catalogue.SeverityInfo, Message: "Con marcado.", Scope: catalogue.ScopeCategory, IsActive: true,
				Triggers: []catalogue.Trigger{{ElementCode: "ESCAPE"}, {Keyword: "escape"}, {TierCode: "T1"}, {MinQuantity: 2}},
			},
			{
				Code: "del_escape", Severity: catalogue.SeverityWarning, Message: "Máximo 380 mm.", Scope: catalogue.ScopeElement,
				ElementCode: "ESCAPE", IsActive: true,
			},
		},
	}
}

func TestAcceptsAGoodCategory(t *testing.T) {
	t.Parallel()
	require.Empty(t, check.Category(small()))
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(c *catalogue.Category)
		want  string
	}{
		"malformed slug":               {func(c *catalogue.Category) { c.Slug = "Motos--x" }, "malformed slug"},
		"unknown client type":          {func(c *catalogue.Category) { c.ClientType = "otro" }, `unknown client type "otro"`},
		"units below one":              {func(c *catalogue.Category) { c.UnitsPerElement = ptr(0) }, "units_per_element is 0, below 1"},
		"no vehicle kind":              {func(c *catalogue.Category) { c.VehicleKind = "" }, "no vehicle kind"},
		"empty name":                   {func(c *catalogue.Category) { c.Name = " " }, "category: empty text"},
		"duplicate tier":               {func(c *catalogue.Category) { c.Tiers[1].Code = "T1" }, "tier T1: duplicate code"},
		"duplicate element":            {func(c *catalogue.Category) { c.Elements[0].Code = "LUZ" }, "element LUZ: duplicate code"},
		"duplicate service":            {func(c *catalogue.Category) { c.Services = append(c.Services, c.Services[0]) }, "service laboratorio: duplicate code"},
		"duplicate document":           {func(c *catalogue.Category) { c.Documentation = append(c.Documentation, c.Documentation[0]) }, "document ficha: duplicate code"},
		"duplicate warning":            {func(c *catalogue.Category) { c.Warnings[1].Code = "marcado" }, "warning marcado: duplicate code"},
		"duplicate photo":              {func(c *catalogue.Category) { e := c.Elements[0]; e.Photos = append(e.Photos, e.Photos[0]) }, "photo foto: duplicate code"},
		"duplicate field":              {func(c *catalogue.Category) { c.Elements[0].Fields[2].Key = "origen" }, "field origen: duplicate key"},
		"same tier order":              {func(c *catalogue.Category) { c.Tiers[1].SortOrder = 1 }, "tier T2: sort order of T1"},
		"same element order":           {func(c *catalogue.Category) { c.Elements[1].SortOrder = 1 }, "element LUZ: sort order of ESCAPE"},
		"lower-case element code":      {func(c *catalogue.Category) { c.Elements[4].Code = "aire" }, "code is not upper case"},
		"unknown element on a list":    {func(c *catalogue.Category) { c.Tiers[0].Own = []string{"LUZ_TRAS", "NADA"} }, "own list has unknown element NADA"},
		"generic element on a list":    {func(c *catalogue.Category) { c.Tiers[0].Own = []string{"LUZ_TRAS", "LUZ"} }, "own list has generic element LUZ"},
		"inactive element on a list":   {func(c *catalogue.Category) { c.Tiers[0].Own = []string{"LUZ_TRAS", "AIRE"} }, "own list has inactive element AIRE"},
		"element on two lists":         {func(c *catalogue.Category) { c.Tiers[0].Own = []string{"LUZ_TRAS", "ESCAPE"} }, "element ESCAPE is already on the own list of T1"},
		"element twice on a list":      {func(c *catalogue.Category) { c.Tiers[0].Own = []string{"LUZ_TRAS", "LUZ_TRAS"} }, "element LUZ_TRAS is already on the own list of T1"},
		"element on no list":           {func(c *catalogue.Category) { c.Tiers[0].Own = nil }, "element LUZ_TRAS: no active tier covers it"},
		"element on a closed list":     {func(c *catalogue.Category) { c.Tiers[0].OwnMax = ptr(0) }, "element LUZ_TRAS: no active tier covers it"},
		"element on an inactive tier":  {func(c *catalogue.Category) { c.Tiers[0].IsActive = false }, "element LUZ_TRAS: no active tier covers it"},
		"negative own_max":             {func(c *catalogue.Category) { c.Tiers[0].OwnMax = ptr(-1) }, "own_max is -1, below 0"},
		"inclusion of an unknown tier": {func(c *catalogue.Category) { c.Tiers[0].Includes[0].TierCode = "T9" }, "includes unknown tier T9"},
		"inclusion of itself":          {func(c *catalogue.Category) { c.Tiers[0].Includes[0].TierCode = "T1" }, "includes itself"},
		"inclusion of nothing":         {func(c *catalogue.Category) { c.Tiers[0].Includes[0].Max = ptr(0) }, "max of T2 is 0, below 1"},
		"inclusion twice": {func(c *catalogue.Category) {
			c.Tiers[0].Includes = append(c.Tiers[0].Includes, c.Tiers[0].Includes[0])
		}, "includes T2 twice"},
		"negative tier price":       {func(c *catalogue.Category) { c.Tiers[0].Price = money.Cents(-1) }, "tier T1: negative price -0.01"},
		"negative service price":    {func(c *catalogue.Category) { c.Services[0].Price = money.Cents(-1) }, "service laboratorio: negative price"},
		"negative surcharge":        {func(c *catalogue.Category) { c.Elements[0].Surcharge = money.Cents(-1) }, "element ESCAPE: negative price"},
		"unknown suggested service": {func(c *catalogue.Category) { c.Elements[0].SuggestedServices = []string{"nada"} }, "suggests unknown service nada"},
		"suggested service twice":   {func(c *catalogue.Category) { c.Elements[0].SuggestedServices = []string{"laboratorio", "laboratorio"} }, "suggests service laboratorio twice"},
		"unknown parent":            {func(c *catalogue.Category) { c.Elements[2].ParentCode = "NADA" }, "unknown parent NADA"},
		"own ancestor":              {func(c *catalogue.Category) { c.Elements[1].ParentCode = "LUZ_DEL" }, "is its own ancestor"},
		"generic without question":  {func(c *catalogue.Category) { c.Elements[1].Vocabulary.Question = "" }, "element LUZ: generic without a question"},
		"generic without variants":  {func(c *catalogue.Category) { c.Elements[2].ParentCode, c.Elements[3].ParentCode = "", "" }, "element LUZ: generic without an active variant"},
		"inactive without a reason": {func(c *catalogue.Category) { c.Elements[4].InactiveReason = nil }, "active and inactive reason do not fit"},
		"active with a reason":      {func(c *catalogue.Category) { c.Elements[0].InactiveReason = ptr("Porque sí.") }, "active and inactive reason do not fit"},
		"unknown photo kind":        {func(c *catalogue.Category) { c.Elements[0].Photos[0].Kind = "otra" }, `unknown kind "otra"`},
		"required example":          {func(c *catalogue.Category) { c.Elements[0].Photos[0].Kind = catalogue.PhotoExample }, "an example cannot be required"},
		"photo code with capitals":  {func(c *catalogue.Category) { c.Elements[0].Photos[0].Code = "Foto" }, "code is not snake_case"},
		"field key with an accent":  {func(c *catalogue.Category) { c.Elements[0].Fields[2].Key = "tamaño" }, "key is not snake_case"},
		"unknown field type":        {func(c *catalogue.Category) { c.Elements[0].Fields[2].Type = "otro" }, `unknown type "otro"`},
		"select without options":    {func(c *catalogue.Category) { c.Elements[0].Fields[0].Options = nil }, "options are needed by a select"},
		"option twice":              {func(c *catalogue.Category) { c.Elements[0].Fields[0].Options = []string{"Nuevo", "Nuevo"} }, `options hold "Nuevo" twice`},
		"options without a select":  {func(c *catalogue.Category) { c.Elements[0].Fields[2].Options = []string{"A"} }, "options is for fields of type select only"},
		"bounds of a text":          {func(c *catalogue.Category) { c.Elements[0].Fields[2].Min = ptr(1.0) }, "min is for fields of type number only"},
		"lengths of a number":       {func(c *catalogue.Category) { c.Elements[0].Fields[1].MaxLength = ptr(3) }, "max_length is for fields of type text only"},
		"unit of a text":            {func(c *catalogue.Category) { c.Elements[0].Fields[2].Unit = ptr("mm") }, "unit is for fields of type number only"},
		"min above max":             {func(c *catalogue.Category) { c.Elements[0].Fields[1].Min = ptr(30.0) }, "max is below min"},
		"example above max":         {func(c *catalogue.Category) { c.Elements[0].Fields[1].Example = ptr("21") }, `example would not be taken: 21 queda fuera de lo posible`},
		"example below min":         {func(c *catalogue.Category) { c.Elements[0].Fields[1].Example = ptr("9.9") }, `example would not be taken: «9.9» es 9,9 y queda fuera de lo posible`},
		"example is no number":      {func(c *catalogue.Category) { c.Elements[0].Fields[1].Example = ptr("15 mm") }, `example would not be taken: «15 mm» no vale`},
		"example is no option":      {func(c *catalogue.Category) { c.Elements[0].Fields[0].Example = ptr("Roto") }, `example would not be taken: «Roto» no es una de las opciones`},
		"example too long": {func(c *catalogue.Category) {
			f := c.Elements[0].Fields[2]
			f.MaxLength, f.Example = ptr(2), ptr("Tres")
		}, `example would not be taken: El texto es demasiado largo`},
		"example off the pattern":     {func(c *catalogue.Category) { f := c.Elements[0].Fields[2]; f.Pattern, f.Example = ptr("^e4"), ptr("x") }, `example would not be taken: «x»`},
		"malformed pattern":           {func(c *catalogue.Category) { c.Elements[0].Fields[2].Pattern = ptr("(") }, "pattern is not a regular expression of RE2"},
		"condition on nothing":        {func(c *catalogue.Category) { c.Elements[0].Fields[1].Condition.FieldKey = "nada" }, `condition is on a field "nada" that the element does not have`},
		"condition with odd operator": {func(c *catalogue.Category) { c.Elements[0].Fields[1].Condition.Operator = "op" }, `unknown operator "op"`},
		"condition never true":        {func(c *catalogue.Category) { c.Elements[0].Fields[1].Condition.Value = "Roto" }, `condition has a value that origen never has: «Roto»`},
		"condition on itself":         {func(c *catalogue.Category) { c.Elements[0].Fields[1].Condition.FieldKey = "largo" }, "field largo: condition goes round in a circle: largo > largo"},
		"cyclic condition": {func(c *catalogue.Category) {
			c.Elements[0].Fields[0].Condition = &catalogue.FieldCondition{FieldKey: "largo", Operator: "exists"}
		}, "field origen: condition goes round in a circle: origen > largo > origen"},
		"photo on an unknown field": {func(c *catalogue.Category) {
			c.Elements[0].Photos[0].Condition = &catalogue.FieldCondition{FieldKey: "nada", Operator: "exists"}
		}, `photo foto: condition is on a field "nada" that the element does not have`},
		"warning with euros":         {func(c *catalogue.Category) { c.Warnings[0].Message = "Lleva +65 €." }, "the message has an amount of money"},
		"warning with EUR":           {func(c *catalogue.Category) { c.Warnings[0].Message = "Son 65EUR más." }, "the message has an amount of money"},
		"warning with words":         {func(c *catalogue.Category) { c.Warnings[0].Message = "Son 65 euros." }, "the message has an amount of money"},
		"unknown severity":           {func(c *catalogue.Category) { c.Warnings[0].Severity = "grave" }, `unknown severity "grave"`},
		"unknown scope":              {func(c *catalogue.Category) { c.Warnings[0].Scope = "todo" }, `unknown scope "todo"`},
		"element scope alone":        {func(c *catalogue.Category) { c.Warnings[1].ElementCode = "" }, "scope element does not fit"},
		"warning of unknown element": {func(c *catalogue.Category) { c.Warnings[1].ElementCode = "NADA" }, "unknown element NADA"},
		"warning of unknown tier": {func(c *catalogue.Category) {
			w := c.Warnings[1]
			w.Scope, w.ElementCode, w.TierCode = catalogue.ScopeTier, "", "T9"
		}, "unknown tier T9"},
		"trigger of unknown element":  {func(c *catalogue.Category) { c.Warnings[0].Triggers[0].ElementCode = "NADA" }, "triggered by unknown element NADA"},
		"trigger of generic element":  {func(c *catalogue.Category) { c.Warnings[0].Triggers[0].ElementCode = "LUZ" }, "triggered by generic element LUZ"},
		"trigger of unknown tier":     {func(c *catalogue.Category) { c.Warnings[0].Triggers[2].TierCode = "T9" }, "triggered by unknown tier T9"},
		"trigger with two conditions": {func(c *catalogue.Category) { c.Warnings[0].Triggers[0].Keyword = "x" }, "a trigger has 2 conditions"},
		"empty trigger":               {func(c *catalogue.Category) { c.Warnings[0].Triggers[0] = catalogue.Trigger{} }, "a trigger has 0 conditions"},
		"word in -cion":               {func(c *catalogue.Category) { c.Elements[0].Description = ptr("Pide homologacion.") }, `"homologacion" lacks its accent`},
		"instalacion in a title":      {func(c *catalogue.Category) { c.Elements[0].Photos[0].Title = "Instalacion" }, `"instalacion" lacks its accent`},
		"matricula in a warning":      {func(c *catalogue.Category) { c.Warnings[0].Message = "Que se vea la matricula." }, `"matricula" lacks its accent`},
		"missing accent in a label":   {func(c *catalogue.Category) { c.Elements[0].Fields[0].Label = "Numero" }, `"numero" lacks its accent`},
		"missing accent in an option": {func(c *catalogue.Category) { c.Elements[0].Fields[0].Options[1] = "Eliminacion" }, `"eliminacion" lacks its accent`},
		"missing accent in a question": {
			func(c *catalogue.Category) { c.Elements[1].Vocabulary.Question = "¿Afecta al galibo?" }, `"galibo" lacks its accent`,
		},
		"missing accent in a paper":  {func(c *catalogue.Category) { c.Documentation[0].Description = "Ficha tecnica" }, `"tecnica" lacks its accent`},
		"missing accent in a reason": {func(c *catalogue.Category) { c.Elements[4].InactiveReason = ptr("Ya no mas.") }, `"mas" lacks its accent`},
		"mojibake":                   {func(c *catalogue.Category) { c.Tiers[0].Name = "Proyecto bÃ¡sico" }, "broken encoding"},
		"replacement character":      {func(c *catalogue.Category) { c.Services[0].Name = "Tramitaci\ufffdn" }, "broken encoding"},
		"question without its mark":  {func(c *catalogue.Category) { c.Elements[0].Fields[0].Label = "Origen?" }, "? without its ¿"},
		"blanks around a text":       {func(c *catalogue.Category) { c.Tiers[0].Conditions = ptr("Todo. ") }, "text has blanks around it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := small()
			tc.spoil(c)
			words := ""
			for _, p := range check.Category(c) {
				words += p.Error() + "\n"
			}
			require.Contains(t, words, tc.want)
		})
	}
}

func TestEveryProblemIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	c := small()
	c.Tiers[0].Price = money.Cents(-1)
	c.Tiers[1].Includes = []catalogue.Inclusion{{TierCode: "T1"}}
	c.Elements[0].Name = ""
	c.Elements[0].Fields[1].Min = ptr(30.0)
	c.Elements[0].Fields[1].Example = nil
	c.Warnings[0].Triggers[1] = c.Warnings[0].Triggers[2]
	c.Services[0].Name = "Tramitacion"
	require.Equal(t, []check.Problem{
		{Category: "motos-prueba", Where: "tier T1", Path: "tiers[0].price", Detail: "negative price -0.01"},
		{Category: "motos-prueba", Where: "tier T1", Path: "tiers[0].includes", Detail: "includes itself through other tiers"},
		{Category: "motos-prueba", Where: "tier T2", Path: "tiers[1].includes", Detail: "includes itself through other tiers"},
		{Category: "motos-prueba", Where: "service laboratorio", Path: "services[0].name", Detail: `"tramitacion" lacks its accent or ñ`, Note: true},
		{Category: "motos-prueba", Where: "element ESCAPE", Path: "elements[0].name", Detail: "empty text"},
		{Category: "motos-prueba", Where: "element ESCAPE field largo", Path: "elements[0].fields[1].min", Detail: "max is below min"},
		{Category: "motos-prueba", Where: "warning marcado", Path: "warnings[0].triggers[2]", Detail: "the same trigger twice"},
	}, check.Category(c))
	require.Equal(t, "motos-prueba: tier T1: negative price -0.01", check.Category(c)[0].Error())
}

// TestFieldsAreCheckedAsStaffsAre has what a form would refuse, and where it
// stands in the file.
func TestFieldsAreCheckedAsStaffsAre(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(origen, largo, marca *catalogue.Field)
		path  string
	}{
		"options equal but for case": {
			func(origen, _, _ *catalogue.Field) { origen.Options = []string{"Nuevo", "Usado", "NUEVO"} }, "fields[0].options",
		},
		"options equal but for a stop": {
			func(origen, _, _ *catalogue.Field) { origen.Options = []string{"Nuevo", "Nuevo."} }, "fields[0].options",
		},
		"unit like a digit": {func(_, largo, _ *catalogue.Field) { largo.Unit = ptr("2mm") }, "fields[1].unit"},
		"example of a photo": {
			func(_, _, marca *catalogue.Field) { marca.Type, marca.Example = catalogue.FieldPhoto, ptr("foto") }, "fields[2].example",
		},
		"example of a boolean": {
			func(_, _, marca *catalogue.Field) { marca.Type, marca.Example = catalogue.FieldBoolean, ptr("quizás") }, "fields[2].example",
		},
		"existence compared with a value": {
			func(_, largo, _ *catalogue.Field) { largo.Condition.Operator = "exists" }, "fields[1].when_field",
		},
		"number never typed": {
			func(_, _, marca *catalogue.Field) {
				marca.Condition = &catalogue.FieldCondition{FieldKey: "largo", Operator: "equals", Value: "veinte"}
			}, "fields[2].when_field",
		},
		"value spelt in another way": {func(_, largo, _ *catalogue.Field) { largo.Condition.Value = "nuevo" }, "fields[1].when_value"},
		"circle": {
			func(origen, _, _ *catalogue.Field) {
				origen.Condition = &catalogue.FieldCondition{FieldKey: "largo", Operator: "exists"}
			}, "fields[0].when_field",
		},
		"lengths the wrong way round": {
			func(_, _, marca *catalogue.Field) { marca.MinLength, marca.MaxLength = ptr(9), ptr(3) }, "fields[2].min_length",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := small()
			f := c.Elements[0].Fields
			tc.spoil(f[0], f[1], f[2])
			var paths []string
			for _, p := range check.Category(c) {
				if !p.Note {
					paths = append(paths, p.Path)
				}
			}
			require.Contains(t, paths, "elements[0]."+tc.path)
		})
	}
}
