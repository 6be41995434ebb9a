package localpg

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/lib/pq"
)

// Who exists in the database. The program works as a role that owns its own
// database and nothing else.
const (
	adminRole   = "postgres"
	appRole     = "gobua"
	appDatabase = "gobua"
)

// maxSocketPath is the longest socket path that every system takes: PostgreSQL
// refuses more than 107 bytes on Linux and 103 elsewhere.
const maxSocketPath = 103

// socketPort is the number in a socket's name.
const socketPort = 5432

// address is where the server listens: a socket in its data folder, or a port
// of the loopback interface where the socket's path would be too long.
type address struct {
	socketDir string
	port      int // zero: the socket
}

func chooseAddress(data string) (address, error) {
	if len(filepath.Join(data, ".s.PGSQL."+strconv.Itoa(socketPort))) <= maxSocketPath {
		return address{socketDir: data}, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return address{}, err
	}
	defer l.Close()
	return address{port: l.Addr().(*net.TCPAddr).Port}, nil
}

// settings are the server's side of the address. "." is its data folder.
func (a address) settings() []string {
	if a.port != 0 {
		return []string{"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(a.port), "unix_socket_directories="}
	}
	return []string{"listen_addresses=", "port=" + strconv.Itoa(socketPort), "unix_socket_directories=."}
}

// dsn is the client's side.
func (a address) dsn(role, database string, secret []byte) string {
	q := url.Values{"sslmode": {"disable"}}
	if a.port != 0 {
		q.Set("host", "127.0.0.1")
		q.Set("port", strconv.Itoa(a.port))
	} else {
		q.Set("host", a.socketDir)
		q.Set("port", strconv.Itoa(socketPort))
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password(secret, role)), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

// password derives a role's password from the folder's secret.
func password(secret []byte, role string) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(role))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// ensureDatabase makes the program's role and database if they are missing. An
// error means that the server does not take connections yet, or never will.
func ensureDatabase(ctx context.Context, a address, secret []byte) error {
	cfg, err := pq.NewConfig(a.dsn(adminRole, "postgres", secret))
	if err != nil {
		return err
	}
	c, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return err
	}
	db := sql.OpenDB(c)
	defer db.Close()
	for _, step := range []struct{ missing, create string }{
		{
			`select not exists (select from pg_roles where rolname = '` + appRole + `')`,
			`create role ` + appRole + ` login password ` + pq.QuoteLiteral(password(secret, appRole)),
		},
		{
			`select not exists (select from pg_database where datname = '` + appDatabase + `')`,
			`create database ` + appDatabase + ` owner ` + appRole + ` encoding 'UTF8' template template0`,
		},
	} {
		var missing bool
		if err := db.QueryRowContext(ctx, step.missing).Scan(&missing); err != nil {
			return err
		}
		if !missing {
			continue
		}
		if _, err := db.ExecContext(ctx, step.create); err != nil {
			return fmt.Errorf("%s: %w", step.create[:15], err)
		}
	}
	return nil
}
