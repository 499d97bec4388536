package stockbook

import "github.com/cockroachdb/apd/v3"

// add moves a balance and answers the new one of the shelf.
func (o overlay) add(p place, quantity *apd.Decimal) (*apd.Decimal, error) {
	if _, err := o.addTo(p.key(), quantity); err != nil {
		return nil, err
	}
	return o.addTo(p.shelf(), quantity)
}

// addTo forgets a balance that has come to nought: packages come and go.
func (o overlay) addTo(key []byte, quantity *apd.Decimal) (*apd.Decimal, error) {
	raw, err := o.Get(key)
	if err != nil {
		return nil, err
	}
	have, err := number(string(raw))
	if err != nil {
		return nil, err
	}
	now, err := sum(have, quantity)
	if err != nil {
		return nil, err
	}
	if now.IsZero() {
		o.Put(key, nil)
	} else {
		o.Put(key, []byte(written(now)))
	}
	return now, nil
}
