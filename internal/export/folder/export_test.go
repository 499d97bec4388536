package folder

import (
	"fmt"
	"time"
)

// Hanging is what a process says that waits to be killed.
const Hanging = "hanging"

// hangAt is where the process hangs; it stands in no folder, as nothing but a test sets it.
var hangAt string

// HangAt lets the process hang before a step.
func HangAt(step string) {
	hangAt = step
	put = func(step string) {
		if step == hangAt {
			fmt.Println(Hanging)
			time.Sleep(time.Hour)
		}
	}
}

// Forget lets go of a folder as a process does that is killed.
func Forget(f *Folder) { _ = f.lock.Close() }
