// Package exception keeps what people have to settle. Whoever finds a cause reports it,
// as often as it finds it; the exception opens once, and closes when the cause is
// cleared. A cause that comes back opens another exception.
//
// It promises that an exception is durable when Report returns, and that the business
// event of each opening is told once, unless it closed before that was possible. Numbers
// ascend and are never used again. Closed exceptions are forgotten after a while.
package exception
