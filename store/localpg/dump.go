package localpg

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
)

// Running returns how to connect to the database of a folder whose server runs
// in another process, as the role of the program. It looks at files only and
// does not wait for the server.
func Running(dir string) (dsn string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	f := &folder{path: dir}
	secret, err := os.ReadFile(filepath.Join(dir, secretName))
	if err != nil {
		return "", err
	}
	pid, err := os.ReadFile(filepath.Join(f.data(), "postmaster.pid"))
	if err != nil {
		return "", fmt.Errorf("no server runs: %w", err)
	}
	addr, err := chooseAddress(f.data())
	if err != nil {
		return "", err
	}
	if addr.port != 0 { // not the one that was free just now, but the server's
		lines := strings.Split(string(pid), "\n")
		if len(lines) < 4 {
			return "", fmt.Errorf("%s names no port yet", filepath.Join(f.data(), "postmaster.pid"))
		}
		if addr.port, err = strconv.Atoi(strings.TrimSpace(lines[3])); err != nil {
			return "", err
		}
	}
	return addr.dsn(appRole, appDatabase, secret), nil
}

// Dump writes everything in a database, as of one moment, into a file that is
// not there yet, in PostgreSQL's custom format, with the pg_dump of the server's
// version. Nobody who uses the database waits. It blocks until the file is on
// stable storage and returns the version of the server.
func Dump(ctx context.Context, dsn, path string) (version string, err error) {
	version, major, err := serverVersion(ctx, dsn)
	if err != nil {
		return "", err
	}
	tool, err := findTool("pg_dump", major)
	if err != nil {
		return "", err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer out.Close()
	cmd, err := client(ctx, dsn, tool, "--format=custom", "--no-owner", "--no-privileges", "--no-password", "--lock-wait-timeout=60s")
	if err != nil {
		return "", err
	}
	cmd.Stdout = out
	if err := runTool(cmd); err != nil {
		return "", err
	}
	return version, out.Sync()
}

// Load fills an empty database with what Dump wrote, all or nothing, as the
// role that the address names. A database that has tables is refused.
func Load(ctx context.Context, dsn, path string) error {
	_, major, err := serverVersion(ctx, dsn)
	if err != nil {
		return err
	}
	tables, err := askServer(ctx, dsn, `select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`)
	switch {
	case err != nil:
		return err
	case tables != "0":
		return fmt.Errorf("the database is not empty, it has %s tables: name an empty one", tables)
	}
	tool, err := findTool("pg_restore", major)
	if err != nil {
		return err
	}
	cmd, err := client(ctx, dsn, tool, "--no-owner", "--no-privileges", "--no-password", "--exit-on-error", "--single-transaction", "--dbname", "", path)
	if err != nil {
		return err
	}
	return runTool(cmd)
}

func serverVersion(ctx context.Context, dsn string) (version, major string, err error) {
	number, err := askServer(ctx, dsn, `show server_version_num`)
	if err != nil {
		return "", "", err
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return "", "", err
	}
	return fmt.Sprintf("%d.%d", n/10_000, n%10_000), strconv.Itoa(n / 10_000), nil
}

func askServer(ctx context.Context, dsn, question string) (answer string, err error) {
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		return "", err
	}
	c, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return "", err
	}
	db := sql.OpenDB(c)
	defer db.Close()
	return answer, db.QueryRowContext(ctx, question).Scan(&answer)
}

// findTool finds one of PostgreSQL's programs for clients, of a server's major
// version: another one may not understand it.
func findTool(name, major string) (path string, err error) {
	dirs := candidates()
	if p, err := exec.LookPath(name); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	var other []string
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		out, err := output(path, "--version") // pg_dump (PostgreSQL) 15.18 (Debian …)
		if err != nil {
			continue
		}
		words := strings.Fields(out)
		if len(words) < 3 {
			continue
		}
		if found, _, _ := strings.Cut(words[2], "."); found == major {
			return path, nil
		}
		other = append(other, words[2])
	}
	return "", fmt.Errorf("the database is PostgreSQL %s and needs its %s, which is not installed (found: %s): install %s",
		major, name, cmp.Or(strings.Join(other, ", "), "none"), packageName(major))
}

// client is a program that connects to a database. The password goes by the
// environment, because everybody on the machine can read arguments. An empty
// argument stands for the address.
func client(ctx context.Context, dsn, tool string, args ...string) (*exec.Cmd, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, fmt.Errorf("the address of the database cannot be read") // without it: it has the password
	}
	env := environment()
	if secret, ok := u.User.Password(); ok {
		env = append(env, "PGPASSWORD="+secret)
		u.User = url.User(u.User.Username())
	}
	placed := false
	for i := range args {
		if args[i] == "" {
			args[i], placed = u.String(), true
		}
	}
	if !placed {
		args = append(args, "--dbname", u.String())
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Env = env
	cmd.WaitDelay = 5 * time.Second
	return cmd, nil
}

func runTool(cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, strings.TrimSpace(said.String()))
	}
	return nil
}
