package odoo

import (
	"context"
	"errors"
	"io"
	"net/http"

	"odoomesh/internal/odoo/json2"
)

// decode reads an answer of JSON-2's as it comes. It fails with *TransportError.
func (p *poster) decode(ctx context.Context, resp *http.Response) (any, error) {
	if resp.ContentLength > p.limit {
		return nil, p.tooLarge()
	}
	body := &limited{from: resp.Body, left: p.limit}
	answer, err := json2.Decode(body)
	switch {
	case body.exceeded:
		return nil, p.tooLarge()
	case body.err != nil:
		return nil, failed(ctx, body.err, true)
	case err != nil:
		return nil, &TransportError{Kind: BadAnswer, Sent: true, Err: err}
	}
	return answer, nil
}

// limited reads so many bytes and no more, and keeps apart what went wrong on
// the way from what is wrong with the bytes.
type limited struct {
	from     io.Reader
	left     int64
	exceeded bool
	err      error // of from, other than its end
}

func (l *limited) Read(into []byte) (int, error) {
	if int64(len(into)) > l.left+1 {
		into = into[:l.left+1]
	}
	n, err := l.from.Read(into)
	if int64(n) > l.left {
		l.exceeded = true
		return 0, io.ErrUnexpectedEOF
	}
	l.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}
