package config

import "time"

// Capture is how changes are found.
type Capture struct {
	PollInterval   time.Duration `key:"poll-interval" doc:"Pause between two looks at a model of Odoo that has changed lately. The others are looked at half as often."`
	Overlap        time.Duration `key:"overlap" doc:"How far each look reaches back, because a transaction of Odoo's commits later than its stamps say. At least Odoo's limit_time_real (120s as delivered) and some seconds."`
	CensusInterval time.Duration `key:"census-interval" doc:"Time in which all ids are compared once with Odoo's, to find what was deleted or missed."`
	HintSecretFile string        `key:"hint-secret-file" doc:"File with the secret part of the address to which Odoo's automation rules send hints, POST /hints/odoo/SECRET. It is read again when it changes. Empty: no hints."`
	LogRetention   time.Duration `key:"log-retention" governed:"true" doc:"Age up to which changes are kept for streams to go on from, and for histories; the newest of those that are older stays too. 0: for ever."`
}

func defaultCapture() Capture {
	return Capture{
		PollInterval:   300 * time.Millisecond,
		Overlap:        150 * time.Second,
		CensusInterval: 10 * time.Minute,
		LogRetention:   720 * time.Hour,
	}
}

func (c Capture) check(found *problems) {
	atLeast("poll-interval", c.PollInterval, 10*time.Millisecond, found)
	atLeast("overlap", c.Overlap, time.Second, found)
	atLeast("census-interval", c.CensusInterval, time.Second, found)
	if c.LogRetention != 0 {
		atLeast("log-retention", c.LogRetention, time.Minute, found)
	}
}
