// Package account knows who may do what: people and devices that sign in, the roles they hold over places and agencies
// for a time, and the one table that says what a role may do.
//
// It promises that a question of rights has one answer, whether it is asked of one thing or of a list: May and Rows are
// the same rule; that nothing is granted without a beginning, and that what was revoked or has ended grants nothing;
// that whoever proves who they are cannot be guessed at speed; and that what is known of a person stands apart from
// what the person did, so that the one can be erased and the other remains.
package account
