// Package session keeps who has signed in with a browser.
//
// A session is known by a random id that its browser alone has: here is its hash. It ends
// when it was not used for a while, at its age, by signing out, and when the access file
// takes its principal away or gives what the person has to another one. Their number is
// bounded; where there is no room, the one that was not used for longest goes. Sessions
// are in memory alone: a restart ends them, and people sign in again. Who may do what, and
// how an id comes and goes, is left to others.
package session
