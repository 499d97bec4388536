package mapping

// What the page of mappings is drawn with, whose test knows the services.
const Oldest = oldest

var (
	Join     = join
	Standard = standard
)
