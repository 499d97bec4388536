package odoosim

import (
	"bytes"
	"net/http"
	"time"

	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
)

// hookPatience is how long Odoo waits for the answer to a webhook.
const hookPatience = time.Second

// hooks sends the webhooks of a transaction: on 17 and 18 before it commits, so that
// others still read the old values, from 19 on after it. Whoever writes waits for
// every answer; a failure is logged and changes nothing.
func (s *Sim) hooks(tx *orm.Tx) (after func()) {
	var due []models.Webhook
	err := s.db.View(func() (err error) {
		due, err = models.Webhooks(tx)
		return err
	})
	if err != nil {
		s.opts.Logger.Warn("webhooks could not be made", "error", err)
	}
	send := func() {
		for _, w := range due {
			s.post(w)
		}
	}
	if s.opts.Version >= 19 {
		return send
	}
	send()
	return func() {}
}

func (s *Sim) post(w models.Webhook) {
	client := http.Client{Timeout: hookPatience}
	resp, err := client.Post(w.URL, "application/json", bytes.NewReader(w.Body))
	if err != nil {
		s.opts.Logger.Warn("webhook call failed", "error", err)
		return
	}
	if err := resp.Body.Close(); err != nil {
		s.opts.Logger.Warn("webhook call failed", "error", err)
	}
}
