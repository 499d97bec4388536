package models

import "strings"

func upper(s string) string { return strings.ToUpper(s) }

var currencies = [...]struct {
	name, symbol string
	active       bool
}{
	{"EUR", "€", true}, {"USD", "$", true}, {"SEK", "kr", true}, {"GBP", "£", false},
	{"NOK", "kr", false}, {"DKK", "kr", false}, {"CHF", "CHF", false}, {"JPY", "¥", false},
}

var countries = [...]struct {
	code, name string
	phone      int
}{
	{"at", "Austria", 43}, {"be", "Belgium", 32}, {"bg", "Bulgaria", 359}, {"ca", "Canada", 1},
	{"hr", "Croatia", 385}, {"cz", "Czech Republic", 420}, {"dk", "Denmark", 45}, {"ee", "Estonia", 372},
	{"fi", "Finland", 358}, {"fr", "France", 33}, {"de", "Germany", 49}, {"gr", "Greece", 30},
	{"hu", "Hungary", 36}, {"is", "Iceland", 354}, {"ie", "Ireland", 353}, {"it", "Italy", 39},
	{"jp", "Japan", 81}, {"lv", "Latvia", 371}, {"lt", "Lithuania", 370}, {"lu", "Luxembourg", 352},
	{"nl", "Netherlands", 31}, {"no", "Norway", 47}, {"pl", "Poland", 48}, {"pt", "Portugal", 351},
	{"ro", "Romania", 40}, {"sk", "Slovakia", 421}, {"si", "Slovenia", 386}, {"es", "Spain", 34},
	{"se", "Sweden", 46}, {"ch", "Switzerland", 41}, {"uk", "United Kingdom", 44}, {"us", "United States", 1},
}

// categoryUnits are the units of Odoo 16 to 18 in the order of their ids; the
// factor says how many of the unit make one reference unit.
var categoryUnits = [...]struct {
	name     string
	category int
	kind     string
	factor   float64
}{
	{"Units", 1, "reference", 1}, {"Dozens", 1, "bigger", 1.0 / 12}, {"Days", 3, "reference", 1}, {"Hours", 3, "smaller", 8},
	{"m", 4, "reference", 1}, {"mm", 4, "smaller", 1000}, {"km", 4, "bigger", 0.001}, {"cm", 4, "smaller", 100},
	{"m²", 5, "reference", 1}, {"L", 6, "reference", 1}, {"m³", 6, "bigger", 0.001}, {"kg", 2, "reference", 1},
	{"g", 2, "smaller", 1000}, {"t", 2, "bigger", 0.001}, {"lb", 2, "smaller", 2.20462}, {"oz", 2, "smaller", 35.274},
	{"in", 4, "smaller", 39.3701}, {"ft", 4, "smaller", 3.28084}, {"yd", 4, "smaller", 1.09361}, {"mi", 4, "bigger", 1 / 1609.34},
	{"ft²", 5, "smaller", 10.76391}, {"fl oz (US)", 6, "smaller", 33.814}, {"qt (US)", 6, "smaller", 1.05669},
	{"gal (US)", 6, "bigger", 1 / 3.78541}, {"in³", 6, "smaller", 61.0237}, {"ft³", 6, "bigger", 1 / 28.3168},
}

// relativeUnits are the units of Odoo 19: each is so many of another.
var relativeUnits = [...]struct {
	name, of string
	factor   float64
}{
	{"Units", "", 1}, {"Pack of 6", "Units", 6}, {"Dozens", "Units", 12}, {"Hours", "", 1}, {"Days", "Hours", 8},
	{"Minutes", "Hours", 0.0166667}, {"mm", "", 1}, {"cm", "mm", 10}, {"m", "cm", 100}, {"km", "m", 1000},
	{"m²", "", 1}, {"ml", "", 1}, {"L", "ml", 1000}, {"m³", "L", 1000}, {"g", "", 1}, {"kg", "g", 1000}, {"Ton", "kg", 1000},
	{"oz", "g", 28.3495}, {"lb", "oz", 16}, {"in", "cm", 2.54}, {"ft", "in", 12}, {"yd", "ft", 3}, {"mi", "yd", 1760},
	{"ft²", "m²", 0.092903}, {"fl oz (US)", "ml", 29.5735}, {"qt (US)", "fl oz (US)", 32}, {"gal (US)", "qt (US)", 4},
	{"KWH", "", 1},
}
