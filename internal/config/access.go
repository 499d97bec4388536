package config

// Access is who may call, and how much.
type Access struct {
	AccessFile string `key:"access-file" doc:"YAML file with the principals, the hashes of their tokens and their rights. Empty: callers of this machine may read and operate, with local-writes also send commands, and nobody else may call."`
	Governed   bool   `key:"governed" doc:"The access file and the mapping overlays are changed by proposals alone, which another person approves (docs/governance.md): what is in force lies in data-dir, the configured files are the first of it, and a later change of them has no effect."`
	MaxUnits   int    `key:"caller-max-units-per-second" doc:"What the calls of one principal may cost each second. A cached read of one record costs 1, a page or a batch 5, a stream 10; what the contract says of each method (cost) counts. A quiet caller saves for two seconds. 0: no limit."`
	MaxStreams int    `key:"caller-max-streams" doc:"Streams that one principal may have open. 0: no limit."`
	MaxPage    int    `key:"caller-max-page-size" doc:"Records that a page has at most; a larger page_size counts as this. 0: what the method allows."`
}

func defaultAccess() Access {
	return Access{
		// So generous that it bounds a caller gone wild, and no application: about
		// twice what one machine answers.
		MaxUnits:   500_000,
		MaxStreams: 10_000,
		MaxPage:    1000,
	}
}

func (a Access) check(found *problems) {
	checkReadable("access-file", a.AccessFile, found)
	if a.Governed && a.AccessFile == "" {
		found.add("governed", "it takes two principals to change something, and without access-file there is one; set access-file too")
	}
	for _, limit := range []struct {
		key   string
		value int
	}{{"caller-max-units-per-second", a.MaxUnits}, {"caller-max-streams", a.MaxStreams}, {"caller-max-page-size", a.MaxPage}} {
		if limit.value < 0 {
			found.add(limit.key, "%d is less than 0; write 0 for no limit", limit.value)
		}
	}
}
