// Package govern changes documents that one person alone must not change: each new one is
// proposed with what it would change, approved by another than its author, put in force at
// once or at a date, and put back. What is in force lies in the mesh's own folder; the
// configured files are the first of it, and a later change of them has no effect but to be
// told.
//
// A step is durable before it is answered, and the audit is told of each, at least once. A
// proposal whose base is not in force any more is never put in force. Who one person is
// who has two principals cannot be known here. What a document means, what it would
// change, and how it is put in force is left to whoever hands it in.
package govern
