package access

// Text is what the file says, letter by letter. It holds hashes of tokens, and no token.
func (f *File) Text() []byte { return f.text }
