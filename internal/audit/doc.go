// Package audit says what a record of the audit is: who did what, when, from where, what
// was before and after, and how it ended. A record has two parts. Its leaf stays for
// ever, in a log in which every change shows (package tlog); its payload, which holds
// what the law may have erased, such as names, lies beside it, and the leaf commits to it.
//
// Package trail writes records; a Proof shows one to somebody who has but the public key.
package audit
