package config

import (
	"encoding/hex"

	"odoomesh/internal/secret"
)

// Rest is how the databases of the data folder are encrypted, and backups sealed.
type Rest struct {
	EncryptionKey        secret.Text `key:"encryption-key" only:"env" doc:"Key by which the databases of the data folder are encrypted, in 64 hexadecimal digits, as openssl rand -hex 32 writes them. Not set in any of its three places: they are not encrypted. The audit's signing key and backups are sealed with it too."`
	EncryptionKeyFile    string      `key:"encryption-key-file" doc:"File that holds the key, in place of MESH_ENCRYPTION_KEY. It is read at the start."`
	EncryptionKeyCommand []string    `key:"encryption-key-command" doc:"Program and its arguments, started without a shell, whose first line of output is the key, in place of MESH_ENCRYPTION_KEY."`
	PreviousKey          secret.Text `key:"encryption-key-previous" only:"env" doc:"Key that the databases had before, in the same form. Those that still have it are given the other at the start; after one start it can be left out."`
	PreviousKeyFile      string      `key:"encryption-key-previous-file" doc:"File that holds that key, in place of MESH_ENCRYPTION_KEY_PREVIOUS."`
	PreviousKeyCommand   []string    `key:"encryption-key-previous-command" doc:"Program and its arguments, started without a shell, whose first line of output is that key, in place of MESH_ENCRYPTION_KEY_PREVIOUS."`
	BackupKey            secret.Text `key:"backup-key" only:"env" doc:"Key by which backups are sealed, in the same form, where it is to be another than the databases'. A restore also takes it, encryption-key and encryption-key-previous, whichever fits. None of them set: backups are not sealed."`
	BackupKeyFile        string      `key:"backup-key-file" doc:"File that holds that key, in place of MESH_BACKUP_KEY."`
	BackupKeyCommand     []string    `key:"backup-key-command" doc:"Program and its arguments, started without a shell, whose first line of output is that key, in place of MESH_BACKUP_KEY."`
}

const (
	encryptionKey = "encryption-key"
	previousKey   = encryptionKey + "-previous"
	backupKey     = "backup-key"
	// keyDigits are those of a key for AES-256.
	keyDigits = 64
)

// readKeys takes both keys from the places that are named.
func (r *Rest) readKeys(found *problems) {
	r.EncryptionKey = readKey(encryptionKey, r.EncryptionKey, r.EncryptionKeyFile, r.EncryptionKeyCommand, found)
	r.PreviousKey = readKey(previousKey, r.PreviousKey, r.PreviousKeyFile, r.PreviousKeyCommand, found)
	if r.PreviousKey != "" && r.EncryptionKey == "" {
		found.add(previousKey, "there is no key to take its place; set encryption-key-file")
	}
	r.BackupKey = readKey(backupKey, r.BackupKey, r.BackupKeyFile, r.BackupKeyCommand, found)
}

func readKey(key string, inVariable secret.Text, file string, command []string, found *problems) secret.Text {
	t, place := inVariable, key
	from, _ := places(key, inVariable, file, command, found, false)
	if from != nil {
		if t, place = from.read(found), from.key; t == "" {
			return ""
		}
	}
	if t != "" && bytesOf(t) == nil {
		found.add(place, "it is no key of %d hexadecimal digits; make one with openssl rand -hex 32", keyDigits)
		return ""
	}
	return t
}

// Keys are the key of the data folder and the one before, nil where there is none.
func (r Rest) Keys() (now, before []byte) { return bytesOf(r.EncryptionKey), bytesOf(r.PreviousKey) }

// BackupKeys are the key that seals backups, nil where there is none, and those that may
// open one.
func (r Rest) BackupKeys() (seals []byte, open [][]byte) {
	for _, key := range []secret.Text{r.BackupKey, r.EncryptionKey, r.PreviousKey} {
		if raw := bytesOf(key); raw != nil {
			open = append(open, raw)
		}
	}
	if r.BackupKey == "" && r.EncryptionKey == "" {
		return nil, open
	}
	return open[0], open
}

func bytesOf(key secret.Text) []byte {
	raw, err := hex.DecodeString(key.Reveal())
	if err != nil || len(key) != keyDigits {
		return nil
	}
	return raw
}

// Exposed is what everybody on this machine may read of the files with secrets that the
// settings name, in sentences.
func (c Config) Exposed() (sentences []string) {
	for _, file := range []struct{ key, path string }{
		{"odoo-password-file", c.PasswordFile}, {"encryption-key-file", c.EncryptionKeyFile}, {"encryption-key-previous-file", c.PreviousKeyFile}, {"backup-key-file", c.BackupKeyFile},
		{"tls-key-file", c.TLSKeyFile}, {"hint-secret-file", c.HintSecretFile}, {"trace-headers-file", c.TraceHeadersFile}, {"oidc-client-secret-file", c.OIDCSecretFile},
	} {
		if text := secret.Exposed(file.path); file.path != "" && text != "" {
			sentences = append(sentences, file.key+": "+text)
		}
	}
	return sentences
}
