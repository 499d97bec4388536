// Package access tells whoever gives rights what they come to, and lets those whom the
// access file names take more for a while. Who may do what is the engine's.
package access
