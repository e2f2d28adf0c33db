package seed

// ApplyCategories is Apply of another release's catalogue.
var ApplyCategories = apply
