package main

import (
	"context"
	"fmt"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/app"
	"thuoc/internal/fault"
	"thuoc/internal/table"
)

func userCommand() command {
	return command{
		name:    "user",
		summary: fault.T("invite, list, block and unblock people from the console, and give them a new link"),
		detail:  fault.T("It is for the first administrator, and for the day on which none can sign in. Everything else of accounts is in the working pages."),
		examples: []string{
			"thuoc user add --data data --role administrator --name \"Trần Thị Bình\" --email binh@example.gov.vn",
			"thuoc user list --data data",
		},
		sub: []command{userAddCommand(), userListCommand(),
			userChange("reset", fault.T("give somebody a new link to set a password"), "thuoc user reset --data data binh@example.gov.vn", resetUser),
			userChange("block", fault.T("let somebody sign in no more; their sessions end at once"), "thuoc user block --data data binh@example.gov.vn", blockUser),
			userChange("unblock", fault.T("let somebody sign in again"), "thuoc user unblock --data data binh@example.gov.vn", unblockUser),
		},
	}
}

func userAddCommand() command {
	return command{
		name:    "add",
		summary: fault.T("invite somebody with a role, and print the link with which they set a password"),
		detail:  fault.T("A role of a place is held over the home province, unless --place names another; a role of an agency needs --agency."),
		examples: []string{
			"thuoc user add --data data --role administrator --name \"Lê Văn An\" --email an@example.gov.vn",
			"thuoc user add --data data --role analyst --name \"Phạm Thị Chi\" --phone 0912345678",
		},
		setup: func(f *flags) action {
			read := f.settings(append([]string{"url"}, storage...)...)
			name := f.text("name", "NAME", fault.T("their name"))
			email := f.text("email", "ADDRESS", fault.T("their e-mail address; they sign in with it, or with the telephone number"))
			phone := f.text("phone", "NUMBER", fault.T("their telephone number"))
			var roles []string
			for _, r := range account.Roles {
				roles = append(roles, string(r))
			}
			role := f.choice("role", "", roles, fault.T("what they do in the house"))
			place := f.text("place", "CODE", fault.T("the place the role is held over, by its code today"))
			agency := f.text("agency", "ID", fault.T("the agency the role is held in, by its id"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				if *role == "" {
					return misuse(f.path, fault.T("Name a role: --role %s.", strings.Join(roles, "|")))
				}
				p := account.Person{Name: *name, Email: *email, Phone: *phone}
				return withHouse(config, func(ctx context.Context, h *app.House) error {
					return addUser(ctx, c, h, p, account.Grant{Role: account.Role(*role), Agency: *agency}, *place)
				})
			}
		},
	}
}

// addUser invites somebody. A role that no agency is named for is held over a place.
func addUser(ctx context.Context, c *call, h *app.House, p account.Person, g account.Grant, code string) error {
	operator := h.Operator()
	g.Since = operator.Day
	if g.Agency == "" && g.Role != account.Administrator {
		over, err := h.Province(ctx)
		if code != "" {
			over, err = h.Places.At(ctx, code, operator.Day)
		}
		if err != nil {
			return err
		}
		g.Place = over.Place
	}
	_, link, err := h.Accounts.Invite(ctx, operator, account.Invitation{Person: p, Grants: []account.Grant{g}})
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, link)
	fmt.Fprintln(c.talk, c.text(fault.T("Hand this link to them and to nobody else: whoever opens it sets the password.")))
	return nil
}

func userListCommand() command {
	return command{
		name:     "list",
		summary:  fault.T("list accounts with their state and their roles today"),
		examples: []string{"thuoc user list --data data", "thuoc user list --data data --format json"},
		setup: func(f *flags) action {
			read := f.settings(storage...)
			format := f.format()
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				return withHouse(config, func(ctx context.Context, h *app.House) error {
					all, err := everybody(ctx, h, "")
					if err != nil {
						return err
					}
					return c.users(*format, all)
				})
			}
		},
	}
}

// most is more accounts than a province has.
const most = 1_000_000

// everybody gives the accounts that hold a text.
func everybody(ctx context.Context, h *app.House, text string) ([]account.User, error) {
	all, _, err := h.Accounts.Users(ctx, h.Operator(), account.UserFilter{Text: text, Limit: most})
	return all, err
}

func (c *call) users(format string, all []account.User) error {
	roles := func(u account.User) string {
		var held []string
		for _, g := range u.Grants {
			held = append(held, string(g.Role))
		}
		return strings.Join(held, " ")
	}
	return c.write(format, func() *table.Page {
		p := &table.Page{Columns: []table.Head{{Name: c.text(fault.T("Name"))}, {Name: c.text(fault.T("Signs in with"))}, {Name: c.text(fault.T("State"))}, {Name: c.text(fault.T("Roles"))}}}
		var rows [][]string
		for _, u := range all {
			rows = append(rows, []string{u.Name, strings.TrimSpace(u.Email + " " + u.Phone), string(u.State), roles(u)})
		}
		p.Sections = []table.Section{{Rows: rows}}
		return p
	}, func() *table.Records {
		r := &table.Records{Header: []string{"id", "name", "email", "phone", "state", "roles"}}
		for _, u := range all {
			r.Rows = append(r.Rows, []table.Cell{table.Str(u.ID), table.Str(u.Name), table.Str(u.Email), table.Str(u.Phone), table.Str(string(u.State)), table.Str(roles(u))})
		}
		return r
	})
}

// userChange is a command that does one thing to one account.
func userChange(name string, summary fault.Text, example string, do func(context.Context, *call, *app.House, account.User) error) command {
	return command{
		name:     name,
		args:     "LOGIN",
		summary:  summary,
		examples: []string{example},
		setup: func(f *flags) action {
			read := f.settings(append([]string{"url"}, storage...)...)
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				if len(c.args) != 1 {
					return misuse(f.path, fault.T("Name one account: its e-mail address, telephone number or id."))
				}
				return withHouse(config, func(ctx context.Context, h *app.House) error {
					u, err := findUser(ctx, h, c.args[0])
					if err != nil {
						return err
					}
					return do(ctx, c, h, u)
				})
			}
		},
	}
}

// findUser finds the account that somebody signs in to.
func findUser(ctx context.Context, h *app.House, login string) (account.User, error) {
	all, err := everybody(ctx, h, "")
	for _, u := range all {
		if strings.EqualFold(u.Email, login) && login != "" || u.Phone == login || u.ID == login {
			return u, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "There is no account %s. See them all with: thuoc user list", login)
	}
	return account.User{}, err
}

func resetUser(ctx context.Context, c *call, h *app.House, u account.User) error {
	link, err := h.Accounts.SendLink(ctx, h.Operator(), u.ID)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, link)
	fmt.Fprintln(c.talk, c.text(fault.T("Hand this link to them and to nobody else: whoever opens it sets the password.")))
	return nil
}

func blockUser(ctx context.Context, c *call, h *app.House, u account.User) error {
	if err := h.Accounts.Block(ctx, h.Operator(), u.ID); err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.text(fault.T("%s is blocked.", u.Name)))
	return nil
}

func unblockUser(ctx context.Context, c *call, h *app.House, u account.User) error {
	if err := h.Accounts.Unblock(ctx, h.Operator(), u.ID); err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.text(fault.T("%s may sign in again.", u.Name)))
	return nil
}
