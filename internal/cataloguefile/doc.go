// Package cataloguefile writes a whole category of the catalogue as one file,
// YAML or XLSX, and brings such a file back into the database.
//
// A file is the whole category: what is missing in it is removed on import. A
// row is known by its code (the category by its slug), so that another code
// means one row removed and one added. Inactive rows are in the file, deleted
// elements are not; nor are global services and global warnings, which belong to
// no category.
//
// Both formats are read into one Category. Every member has a path in it
// ("tiers[0].price"), and each format knows where a path stands in the file, so
// that checks need not know the format to say where a problem is.
//
// An export is read back before it is handed out: a text that a format cannot
// carry exactly is refused instead of damaged.
package cataloguefile
