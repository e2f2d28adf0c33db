package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/export"
	"github.com/msia/msia/internal/page"
)

// exports makes files of lists.
type exports struct {
	zone *time.Location
	now  func() time.Time
}

// newExports fails only without a time zone database.
func newExports(now func() time.Time) (exports, error) {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		return exports{}, fmt.Errorf("exports: %w", err)
	}
	return exports{zone: zone, now: now}, nil
}

// file returns the answer; it is made while it is sent.
func (e exports) file(name string, format *oas.ExportFormat, rows iter.Seq2[[]any, error], columns ...string) download {
	f := export.CSV
	if format != nil {
		f = export.Format(*format)
	}
	t := export.Table{Name: name, Columns: columns, Rows: rows, Zone: e.zone}
	return download{
		name: fmt.Sprintf("%s-%s.%s", strings.ReplaceAll(name, " ", "-"), e.now().In(e.zone).Format("2006-01-02"), f), contentType: f.ContentType(),
		write: func(w io.Writer) error { return t.Write(w, f) },
	}
}

// The words of lists for people. What has none is written as it is.
var (
	caseStatusWords = map[cases.Status]string{
		cases.Collecting: "Recogiendo datos", cases.PendingImages: "Faltan fotos", cases.PendingReview: "Por revisar", cases.InProgress: "En curso",
		cases.Resolved: "Resuelto", cases.Cancelled: "Cancelado", cases.Abandoned: "Abandonado",
	}
	escalationWords = map[string]string{
		"pending": "Pendiente", "in_progress": "En curso", "resolved": "Resuelta", "normal": "Normal", "high": "Alta",
		"customer_request": "Pide una persona", "not_understood": "No se le entiende", "no_category": "Sin tarifa", "quote_accepted": "Presupuesto aceptado",
		"quote_review": "Presupuesto por revisar", "not_covered": "Fuera de tarifa", "regulation_question": "Pregunta de normativa",
		"assistant_disabled": "Asistente apagado", "delivery_failed": "No se ha podido enviar", "outside_window": "Fuera de plazo en WhatsApp",
		"error": "Error", "response_rule": "Regla de respuesta",
	}
	clientTypeWords = map[string]string{"particular": "Particular", "professional": "Profesional"}
)

func word[K ~string](words map[K]string, key K) string { return cmp.Or(words[key], string(key)) }

// ExportCases sends the cases that a filter chooses as a file.
func (h *Cases) ExportCases(ctx context.Context, r oas.ExportCasesRequestObject) (oas.ExportCasesResponseObject, error) {
	p := r.Params
	f, o := fromAPICaseList(oas.ListCasesParams{
		Q: p.Q, Status: p.Status, CustomerID: p.CustomerID, ConversationID: p.ConversationID, CategoryID: p.CategoryID, AssigneeID: p.AssigneeID,
		Sort: p.Sort, Order: p.Order,
	})
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := h.accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	usernames := make(map[uuid.UUID]string, len(accounts))
	for _, a := range accounts {
		usernames[a.ID] = a.Username
	}
	rows := export.Pages(ctx, func(ctx context.Context, after page.Key, limit int) ([]cases.Case, *string, error) {
		return h.cases.List(ctx, f, o, after, limit)
	}, func(c cases.Case) []any {
		s, personal := toAPICaseSummary(c), c.Content.Values[casedata.SectionPersonal]
		category := ""
		if found := snapshot.ByID(c.CategoryID); found != nil {
			category = found.Name
		}
		return []any{
			c.Number, word(caseStatusWords, c.Status), s.CustomerName, personal[casedata.NIF], personal[casedata.Phone], personal[casedata.Email],
			c.Content.Values[casedata.SectionVehicle][casedata.Plate], s.Vehicle, category, strings.Join(s.Elements, ", "),
			c.Quote.Subtotal, c.Quote.Total, usernames[deref(c.AssigneeID)], c.CreatedAt, c.LastActivityAt, c.UpdatedAt, c.ClosedAt,
		}
	})
	return h.exports.file("expedientes", p.Format, rows, "Número", "Estado", "Cliente", "NIF", "Teléfono", "Correo", "Matrícula", "Vehículo", "Tarifa",
		"Elementos", "Base imponible", "Total", "Asignado a", "Abierto", "Última actividad", "Último cambio", "Cerrado"), nil
}

// ExportCustomers sends the customers that a filter chooses as a file.
func (h *Customers) ExportCustomers(ctx context.Context, r oas.ExportCustomersRequestObject) (oas.ExportCustomersResponseObject, error) {
	f := fromAPICustomerList(oas.ListCustomersParams{Q: r.Params.Q, ClientType: r.Params.ClientType, Sort: (*oas.ListCustomersParamsSort)(r.Params.Sort)})
	rows := export.Pages(ctx, func(ctx context.Context, after page.Key, limit int) ([]customers.Customer, *string, error) {
		return h.customers.List(ctx, f, after, limit)
	}, func(c customers.Customer) []any {
		return []any{
			c.DisplayName, c.FirstName, c.LastName, c.CompanyName, c.WhatsAppName, c.Phone, c.Email, c.NIF, word(clientTypeWords, deref(c.ClientType)),
			c.Street, c.PostalCode, c.City, c.Province, c.CreatedAt, c.LastActivityAt,
		}
	})
	return h.exports.file("clientes", r.Params.Format, rows, "Cliente", "Nombre", "Apellidos", "Empresa", "Nombre en WhatsApp", "Teléfono", "Correo",
		"NIF o CIF", "Tipo", "Dirección", "Código postal", "Localidad", "Provincia", "Alta", "Última actividad"), nil
}

// ExportEscalations sends the escalations that a filter chooses as a file.
func (h *Escalations) ExportEscalations(ctx context.Context, r oas.ExportEscalationsRequestObject) (oas.ExportEscalationsResponseObject, error) {
	p := r.Params
	f := fromAPIEscalationList(oas.ListEscalationsParams{
		Status: p.Status, Source: p.Source, Priority: p.Priority, AssignedTo: p.AssignedTo, Unassigned: p.Unassigned,
		Order: (*oas.ListEscalationsParamsOrder)(p.Order),
	})
	rows := export.Pages(ctx, func(ctx context.Context, after page.Key, limit int) ([]conversations.Escalation, *string, error) {
		return h.escalations.List(ctx, f, after, limit)
	}, func(e conversations.Escalation) []any {
		return []any{
			e.CustomerName, e.CustomerPhone, word(escalationWords, e.Source), word(escalationWords, e.Priority), word(escalationWords, e.Status),
			e.Reason, e.AssignedToName, e.Note, e.CreatedAt, e.ResolvedAt, e.ResolvedByName,
		}
	})
	return h.exports.file("escalaciones", p.Format, rows, "Cliente", "Teléfono", "Origen", "Prioridad", "Estado", "Motivo", "Asignada a", "Nota",
		"Abierta", "Resuelta", "Resuelta por"), nil
}

// ExportAudit sends the changes that a filter chooses as a file.
func (h *Audit) ExportAudit(ctx context.Context, r oas.ExportAuditRequestObject) (oas.ExportAuditResponseObject, error) {
	p := r.Params
	f := fromAPIAuditList(oas.ListAuditParams{EntityType: p.EntityType, EntityID: p.EntityID, Actor: p.Actor, Action: p.Action, From: p.From, To: p.To})
	rows := export.Pages(ctx, func(ctx context.Context, after page.Key, limit int) ([]audit.Recorded, *string, error) {
		return h.audit.List(ctx, f, after, limit)
	}, func(e audit.Recorded) []any {
		return []any{e.At, e.Actor, e.Action, e.EntityType, e.EntityID, changesInWords(e.Changes), e.RequestID}
	})
	return h.exports.file("auditoría", p.Format, rows, "Fecha", "Quién", "Acción", "Qué", "Identificador", "Cambios", "Petición"), nil
}

// changesInWords has a line for each member: "price: "140.00" → "150.00"".
func changesInWords(changes []audit.MemberChange) string {
	lines := make([]string, len(changes))
	for i, c := range changes {
		lines[i] = fmt.Sprintf("%s: %s → %s", c.Member, orDash(c.Before), orDash(c.After))
	}
	return strings.Join(lines, "\n")
}

func orDash(value json.RawMessage) string {
	if text := string(value); text != "" && text != "null" {
		return text
	}
	return "–"
}

// ExportAccessLog sends the lines that a filter chooses as a file.
func (h *AccessLog) ExportAccessLog(ctx context.Context, r oas.ExportAccessLogRequestObject) (oas.ExportAccessLogResponseObject, error) {
	p := r.Params
	f := fromAPIAccessLogList(oas.ListAccessLogParams{Username: p.Username, Event: p.Event, From: p.From, To: p.To})
	rows := export.Pages(ctx, func(ctx context.Context, after page.Key, limit int) ([]admin.AccessEntry, *string, error) {
		return h.log.List(ctx, f, after, limit)
	}, func(e admin.AccessEntry) []any {
		return []any{e.At, e.Username, e.ActorName, string(e.Event), string(e.Outcome), e.Address, e.UserAgent}
	})
	return h.exports.file("accesos", p.Format, rows, "Fecha", "Usuario", "Por", "Suceso", "Resultado", "Dirección IP", "Programa"), nil
}
