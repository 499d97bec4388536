// Package console tests the pages at /console in a real Chromium: that they keep to WCAG
// as axe judges it, in light and dark and on a telephone, that nothing is refused by their
// policy, that keys alone suffice, and how they look. It is a module of its own, so that a
// mesh is built without a browser's driver.
package console
