// Package localpg runs the private PostgreSQL that msia starts when it is given
// no database: the system's own server binaries, a data folder of msia's, a unix
// socket that nobody else can reach, and nothing to configure.
//
// What lies in the data folder (<data> below):
//
//	<data>/pg15          the cluster; 15 is PostgreSQL's major version
//	<data>/pg15.log      PostgreSQL's own log, and pg15.log.1 before it
//	<data>/postgres.lock held by the msia that uses the cluster
//	<data>/run           the socket, unless that path is too long for one
//
// The folder survives everything that can happen to msia or to PostgreSQL: either
// may be killed at any moment, initdb included, and the next Start goes on from
// the last committed transaction.
package localpg
