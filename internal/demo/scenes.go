package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/rules"
)

const day = 24 * time.Hour

const (
	exhaustAndBar = "Hola, quiero homologar el escape y el manillar de mi moto"
	yes           = "Sí, adelante"
)

// play runs the scenes, the longest ago first.
func (s *stage) play(ctx context.Context) error {
	for _, scene := range []func(context.Context) error{
		s.abandonedCases, s.closedCases, s.casesInWork, s.openCases, s.talks, s.workForPeople, s.callers,
	} {
		if err := scene(ctx); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}

// abandonedCases: two customers who did not answer the reminder either.
func (s *stage) abandonedCases(ctx context.Context) error {
	s.morning(40)
	for _, n := range []int{1, 2} {
		if _, err := s.accepts(ctx, who(n), exhaustAndBar); err != nil {
			return err
		}
	}
	for _, days := range []int{36, 24} {
		s.morning(days)
		if err := s.caseFiles.Remind(ctx, s.log); err != nil {
			return err
		}
	}
	return nil
}

// closedCases: resolved ones, and two that were cancelled.
func (s *stage) closedCases(ctx context.Context) error {
	for i, n := range []int{3, 4, 5} {
		s.morning(20 - 2*i)
		c, err := s.reviewed(ctx, who(n), "Buenas, he cambiado el escape y los espejos de la moto")
		if err != nil {
			return err
		}
		s.at = s.at.Add(day)
		if err := s.moves(ctx, c, cases.InProgress, ""); err != nil {
			return err
		}
		if err := s.caseFiles.AddNote(as(ctx, s.marta), c, "Proyecto enviado al laboratorio."); err != nil {
			return err
		}
		s.at = s.at.Add(2 * day)
		if err := s.moves(ctx, c, cases.Resolved, ""); err != nil {
			return err
		}
	}
	for i, n := range []int{6, 7} {
		s.morning(12 - i)
		c, err := s.accepts(ctx, who(n), exhaustAndBar)
		if err != nil {
			return err
		}
		s.at = s.at.Add(3 * time.Hour)
		if err := s.moves(ctx, c, cases.Cancelled, "El cliente ha vendido la moto."); err != nil {
			return err
		}
	}
	return nil
}

// casesInWork: reviewed ones that somebody works on, and ones that wait for a
// review, one of them with a photo that is not good enough.
func (s *stage) casesInWork(ctx context.Context) error {
	for i, n := range []int{8, 9, 10} {
		s.morning(6 - i)
		c, err := s.reviewed(ctx, who(n), "Hola! quiero legalizar un escape y unas estriberas")
		if err != nil {
			return err
		}
		s.at = s.at.Add(4 * time.Hour)
		if err := s.moves(ctx, c, cases.InProgress, ""); err != nil {
			return err
		}
	}
	for i, n := range []int{11, 12, 13} {
		s.ago(time.Duration(30-8*i) * time.Hour)
		c, err := s.reviewed(ctx, who(n), exhaustAndBar)
		if err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		whole, err := s.caseFiles.Get(ctx, c)
		if err != nil {
			return err
		}
		s.at = s.at.Add(time.Hour)
		_, err = s.caseFiles.ReviewFile(as(ctx, s.marta), c, whole.Files[0].ID, 0, cases.Verdict{Reason: "blurry", Note: "No se distingue la marca."})
		if err != nil {
			return err
		}
	}
	return nil
}

// openCases: some that lack data, some that lack only photos and papers.
func (s *stage) openCases(ctx context.Context) error {
	for i, n := range []int{14, 15, 18} {
		s.ago(time.Duration(26-7*i) * time.Hour)
		c, err := s.accepts(ctx, who(n), exhaustAndBar)
		if err != nil {
			return err
		}
		if i == 0 {
			continue // nothing but what was opened
		}
		if err := s.sends(ctx, c, i); err != nil {
			return err
		}
	}
	for i, n := range []int{19, 20} {
		s.ago(time.Duration(9-3*i) * time.Hour)
		c, err := s.accepts(ctx, who(n), exhaustAndBar)
		if err != nil {
			return err
		}
		if err := s.tells(ctx, c, who(n)); err != nil {
			return err
		}
		if err := s.sends(ctx, c, i); err != nil {
			return err
		}
	}
	return nil
}

// talks: a price that nobody has answered yet, a question that is open, a
// professional with a motorhome, somebody who only greets.
func (s *stage) talks(ctx context.Context) error {
	for _, t := range []struct {
		ago    time.Duration
		person int
		texts  []string
	}{
		{5 * time.Hour, 16, []string{"Hola, somos un taller. Tenemos una autocaravana con toldo y placas solares, ¿qué costaría?"}},
		{3 * time.Hour, 21, []string{"buenas, cuanto por homologar el escape, el manillar y los dos retrovisores de una moto"}},
		{150 * time.Minute, 22, []string{"Hola", "Quiero homologar los intermitentes de mi moto"}},
		{40 * time.Minute, 23, []string{"¡Buenos días!"}},
	} {
		s.ago(t.ago)
		if err := s.says(ctx, passer(t.person), t.texts...); err != nil {
			return err
		}
	}
	return nil
}

// passer is a person of the cast, or one known by their number only.
func passer(number int) person {
	if number <= len(people) {
		return who(number)
	}
	return person{number: int64(number), nickname: []string{"Miguel", "Aitana", "Fer", "Rafa", "Yoli"}[number-len(people)-1]}
}

// workForPeople: somebody asked for a person, somebody was not understood; one
// conversation is Marta's and its customer waits for her.
func (s *stage) workForPeople(ctx context.Context) error {
	s.ago(2 * day)
	if err := s.says(ctx, who(17), "Tenemos una camper, ¿nos podéis llamar? Quiero hablar con una persona"); err != nil {
		return err
	}
	s.ago(4 * time.Hour)
	if err := s.says(ctx, who(1), "Que me llame alguien, por favor, lo del expediente no lo entiendo"); err != nil {
		return err
	}
	s.ago(190 * time.Minute)
	if err := s.says(ctx, passer(24), "Buenas, prefiero hablar con una persona"); err != nil {
		return err
	}
	s.ago(170 * time.Minute)
	if err := s.says(ctx, passer(25), "lo de la otra vez", "pues eso, lo mismo que mi cuñado"); err != nil {
		return err
	}
	s.ago(2 * time.Hour)
	mine := passer(22)
	if _, err := s.desk.Take(as(ctx, s.marta), s.conversations[mine.number]); err != nil {
		return err
	}
	if _, err := s.desk.Reply(as(ctx, s.marta), s.conversations[mine.number], "Hola, soy Marta. ¿Me mandas una foto de los intermitentes?"); err != nil {
		return err
	}
	if err := s.says(ctx, mine, "Claro, esta tarde te la mando. ¿Y de cuánto tiempo hablamos?"); err != nil {
		return err
	}
	if _, err := s.desk.Note(as(ctx, s.marta), s.conversations[mine.number], "Son LED sin marcado E: hay que verlo."); err != nil {
		return err
	}
	return s.queue(ctx)
}

// queue has the oldest escalation resolved and the next one taken.
func (s *stage) queue(ctx context.Context) error {
	list, _, err := s.escalations.List(ctx, conversations.EscalationFilter{Statuses: []string{"pending"}}, page.Key{}, page.MaxLimit)
	if err != nil {
		return err
	}
	if len(list) < 3 {
		return fmt.Errorf("%d escalations are too few", len(list))
	}
	s.ago(90 * time.Minute)
	note := "Hablado por teléfono: manda los papeles mañana."
	if _, err := s.escalations.Resolve(as(ctx, s.luis), list[0].ID, conversations.Resolution{GiveBack: true, Note: &note}); err != nil {
		return err
	}
	_, err = s.escalations.Update(as(ctx, s.marta), list[1].ID, 0, conversations.EscalationPatch{AssignedTo: nullable.NewNullableWithValue(s.marta.AccountID)})
	return err
}

// callers: a customer who came by, with a case that Luis opened, and one who is
// known twice.
func (s *stage) callers(ctx context.Context) error {
	s.ago(50 * time.Hour)
	text := nullable.NewNullableWithValue[string]
	visitor, err := s.customers.Create(as(ctx, s.luis), customers.Patch{
		CompanyName: text("Talleres Pérez, S. L."), NIF: text("B12345674"), Phone: text("+34910000001"), Email: text("taller@example.com"),
		ClientType: text("professional"), City: text("Getafe"), Notes: text("Viene los jueves."),
	})
	if err != nil {
		return err
	}
	twin := who(3)
	if _, err := s.customers.Create(as(ctx, s.luis), customers.Patch{FirstName: text(twin.first), LastName: text(twin.last), Phone: text(twin.phone())}); err != nil {
		return err
	}
	s.people += 2
	for range 2 {
		s.at = s.at.Add(time.Hour)
		if err := s.opens(ctx, visitor.ID); err != nil {
			return err
		}
	}
	return nil
}

// opens lets Luis open a case at the counter.
func (s *stage) opens(ctx context.Context, customer uuid.UUID) error {
	snapshot, err := s.snapshots.Snapshot(ctx)
	if err != nil {
		return err
	}
	c := snapshot.For(catalogue.VehicleMotorcycle, catalogue.ClientParticular)
	if c == nil {
		return fmt.Errorf("there is no sheet for motorcycles")
	}
	quote, err := s.quoting.Calculate(snapshot, c, quoteOf("ESCAPE", "MANILLAR"))
	if err != nil {
		return err
	}
	s.cases++
	_, err = s.caseFiles.Open(as(ctx, s.luis), cases.NewCase{CustomerID: customer, Category: c, Quote: quote, Assignee: &s.luis.AccountID})
	return err
}

// houseRule is a fixed answer, unless there are some already.
func houseRule(ctx context.Context, r *rules.Rules) error {
	all, err := r.List(ctx)
	if err != nil || len(all) > 0 {
		return err
	}
	answer := "Abrimos de lunes a viernes, de 9 a 14 h y de 16 a 19 h."
	_, err = r.Create(ctx, rules.Draft{
		Name: "Horario", Pattern: `\bhorarios?\b|a que hora (abri|cerra)`, Action: catalogue.RuleAnswer, Answer: &answer, IsActive: true,
	})
	return err
}

// ---- What happens in the scenes ----

// morning sets the clock to eleven in Madrid some days ago, when customers may be
// reminded.
func (s *stage) morning(days int) {
	at := s.begin.In(s.zone).AddDate(0, 0, -days)
	s.at = time.Date(at.Year(), at.Month(), at.Day(), 11, 0, 0, 0, s.zone)
}

// accepts has a customer ask, accept the price, and returns the case.
func (s *stage) accepts(ctx context.Context, p person, text string) (uuid.UUID, error) {
	if err := s.says(ctx, p, text, yes); err != nil {
		return uuid.Nil, err
	}
	c, err := s.caseFiles.ActiveOf(ctx, s.tx, s.conversations[p.number])
	if err != nil {
		return uuid.Nil, err
	}
	if c == nil {
		return uuid.Nil, fmt.Errorf("%q of %s opened no case", text, p.nickname)
	}
	s.cases++
	return c.ID, nil
}

// reviewed is a case that its customer has filled and confirmed.
func (s *stage) reviewed(ctx context.Context, p person, text string) (uuid.UUID, error) {
	c, err := s.accepts(ctx, p, text)
	if err != nil {
		return c, err
	}
	if err := s.tells(ctx, c, p); err != nil {
		return c, err
	}
	if err := s.sends(ctx, c, everything); err != nil {
		return c, err
	}
	return c, db.InTx(ctx, s.tx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := s.caseFiles.ConfirmTx(ctx, tx, c)
		return err
	})
}

// tells has the customer give all data that are missing.
func (s *stage) tells(ctx context.Context, id uuid.UUID, p person) error {
	s.at = s.at.Add(10 * time.Minute)
	for range 10 { // an answer may bring another question
		c, err := s.caseFiles.Get(ctx, id)
		if err != nil {
			return err
		}
		answers := casedata.Change{}
		for _, m := range c.Content.Missing() {
			if m.Kind != casedata.KindField {
				continue
			}
			if answers[m.Section] == nil {
				answers[m.Section] = map[string]string{}
			}
			answers[m.Section][m.Key] = p.answer(&c.Content, m)
		}
		if len(answers) == 0 {
			return nil
		}
		err = db.InTx(ctx, s.tx, func(ctx context.Context, tx pgx.Tx) error {
			_, problems, err := s.caseFiles.AnswerTx(ctx, tx, id, answers)
			if err == nil && len(problems) > 0 {
				err = fmt.Errorf("%s does not answer: %v", p.nickname, problems)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("%s never comes to an end", p.nickname)
}

// everything is more than any case lacks.
const everything = 1000

// sends has the customer send at most n of the photos and papers that are missing.
func (s *stage) sends(ctx context.Context, id uuid.UUID, n int) error {
	s.at = s.at.Add(20 * time.Minute)
	for ; n > 0; n-- {
		c, err := s.caseFiles.Get(ctx, id)
		if err != nil {
			return err
		}
		var next *casedata.Missing
		for _, m := range c.Content.Missing() {
			if m.Kind != casedata.KindField {
				next = &m
				break
			}
		}
		if next == nil {
			return nil
		}
		file, name := s.photo(), "foto.jpg"
		if next.Kind == casedata.KindDocument {
			file, name = s.paper(next.Label), "papel.pdf"
		}
		stored, err := s.files.Keep(ctx, file, name)
		if err != nil {
			return fmt.Errorf("keep %s: %w", name, err)
		}
		s.at = s.at.Add(time.Minute)
		place := next.Place()
		err = db.InTx(ctx, s.tx, func(ctx context.Context, tx pgx.Tx) error {
			_, err := s.caseFiles.AddFileTx(ctx, tx, id, cases.Stored{Stored: stored}, &place)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// moves has Marta give a case another status; what she takes she looks through.
func (s *stage) moves(ctx context.Context, id uuid.UUID, to cases.Status, reason string) error {
	c, err := s.caseFiles.Transition(as(ctx, s.marta), id, 0, to, reason)
	if err != nil || to != cases.InProgress {
		return err
	}
	for _, f := range c.Files {
		if _, err := s.caseFiles.ReviewFile(as(ctx, s.marta), id, f.ID, 0, cases.Verdict{Accepted: true}); err != nil {
			return err
		}
	}
	return nil
}
