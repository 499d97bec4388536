// Package app puts the mesh together and is the only one to know all of it:
// stores, capture, services, servers. New opens and checks what can be refused at
// once; Run serves until its context ends or a part fails, and says why.
package app
