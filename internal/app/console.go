package app

import (
	"google.golang.org/grpc"

	"odoomesh/internal/console"
)

// console makes the pages for people, over the services in this process.
func (a *App) console(inside grpc.ClientConnInterface) *console.Console {
	c := console.Config{Conn: inside, Zone: a.zone, Environment: a.config.Environment, Clock: a.clock, Logger: a.logger}
	if door := a.identity.people.door; door != nil {
		c.Lead = door.Lead
	}
	return console.New(c)
}
