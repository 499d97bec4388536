package exception

// OdooPassword is a watch for the password or key of Odoo's user: ending tells how it
// stands where it is near its end, in a sentence, and why the mesh could not replace it.
func OdooPassword(ending func() (found, problem string, is bool)) Watch {
	return Looks(Secret, func() []Cause {
		found, problem, is := ending()
		if !is {
			return nil
		}
		detail := "Write another password or API key into odoo-password-file: it is tried at once. A new key is made in Odoo under Preferences, Account Security."
		if problem != "" {
			detail += "\nThe mesh could not replace it: " + problem
		}
		return []Cause{{Kind: Secret, Subject: "odoo-password", Summary: found, Detail: detail}}
	})
}
