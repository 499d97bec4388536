package gateway_test

import "time"

// at is a moment in UTC, so that no test asks a clock.
func at(seconds, nanos int64) time.Time { return time.Unix(seconds, nanos).UTC() }
