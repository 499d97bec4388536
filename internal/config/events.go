package config

import (
	"slices"
	"strings"
	"time"
)

// Events is how changes are passed on, and which events are told of them.
type Events struct {
	StreamHeartbeat time.Duration `key:"stream-heartbeat" doc:"Pause after which a quiet stream shows that it lives."`
	EventRetention  time.Duration `key:"event-retention" governed:"true" doc:"Age up to which inventory events and business events are kept, counted from when the mesh recorded them. 0: for ever."`
	EventMaxMiB     int           `key:"event-max-mib" governed:"true" doc:"Size in MiB, uncompressed, up to which inventory events are kept, and business events as much again. 0: no limit."`
	HoldLocations   []string      `key:"hold-locations" doc:"Complete names of locations, such as WH/Quarantine: goods that are moved there, or below, from elsewhere are told as held."`
	Quarantine      []string      `key:"quarantine-locations" doc:"Complete names of places of the house, such as WH/Quarantine, one for each warehouse, to which what lies of a lot is moved when it is held. Each is one of hold-locations, or below one. Empty: what is held stays where it lies."`
	ProofInterval   time.Duration `key:"stock-proof-interval" doc:"Pause between two comparisons of what the inventory events add up to with Odoo's stock. 0: only on demand."`
}

func defaultEvents() Events {
	return Events{StreamHeartbeat: 5 * time.Second, ProofInterval: time.Minute}
}

func (e Events) check(found *problems) {
	atLeast("stream-heartbeat", e.StreamHeartbeat, 100*time.Millisecond, found)
	if e.EventRetention != 0 {
		atLeast("event-retention", e.EventRetention, time.Minute, found)
	}
	if e.ProofInterval != 0 {
		atLeast("stock-proof-interval", e.ProofInterval, time.Second, found)
	}
	for _, place := range e.Quarantine {
		if !slices.ContainsFunc(e.HoldLocations, func(hold string) bool { return place == hold || strings.HasPrefix(place, hold+"/") }) {
			found.add("quarantine-locations", "%q is none of hold-locations, nor below one, so that held goods may not go there: name it there, too", place)
		}
	}
	if e.EventMaxMiB < 0 {
		found.add("event-max-mib", "a size is not below 0; 0 is no limit")
	}
}
