package feed

import (
	"encoding/xml"
	"io"

	"github.com/google/uuid"

	"gobua/engine"
)

// AtomType is the media type of Atom's rendering.
const AtomType = "application/atom+xml; charset=utf-8"

// Channel is what a feed or a calendar says of itself.
type Channel struct {
	Title     string         // required
	Publisher string         // required: who answers for it
	URL       string         // page of which this is the feed
	SelfURL   string         // required for Atom: where the feed itself is; also its id
	UpdatedAt engine.Instant // when nothing is newer, as with no notices at all
}

type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language  string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Author    atomPerson  `xml:"author"`
	Links     []atomLink  `xml:"link"`
	Generator string      `xml:"generator"`
	Entries   []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomLink struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Title string `xml:"title,attr,omitempty"`
	Href  string `xml:"href,attr"`
}

type atomCategory struct {
	Scheme string `xml:"scheme,attr"`
	Term   string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Published  string         `xml:"published,omitempty"`
	Author     atomPerson     `xml:"author"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Content    atomText       `xml:"content"`
}

// Atom writes notices as an Atom feed, in the order given, which is newest
// first by habit. An entry keeps its id for ever and takes a new updated time
// with every public change, its result included. It is written with
// encoding/xml, because the libraries for feeds leave out languages and
// categories and let control characters through. ErrTooMany, or the error of w.
func Atom(w io.Writer, c Channel, notices []Notice) error {
	if err := checkNumber(notices); err != nil {
		return err
	}
	feed := atomFeed{
		Language: "vi", ID: link(c.SelfURL), Title: title(c.Title), Author: atomPerson{Name: title(c.Publisher)}, Generator: "Gõ Búa",
		Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: link(c.SelfURL)}},
	}
	if page := link(c.URL); page != "" {
		feed.Links = append(feed.Links, atomLink{Rel: "alternate", Type: "text/html", Href: page})
	}
	updated := c.UpdatedAt
	for _, n := range notices {
		updated = max(updated, n.UpdatedAt)
		feed.Entries = append(feed.Entries, entry(n))
	}
	// The beginning of time is still a time; an empty feed must have one.
	feed.Updated = local(updated).Format("2006-01-02T15:04:05Z07:00")
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(feed); err != nil {
		return err
	}
	return e.Close()
}

func entry(n Notice) atomEntry {
	e := atomEntry{
		ID: entryID(n), Title: title(n.Title), Updated: stamp(n.UpdatedAt), Published: stamp(n.PublishedAt),
		Author:     atomPerson{Name: title(n.Centre.Name), URI: link(n.Centre.URL)},
		Categories: []atomCategory{{Scheme: "urn:gobua:status", Term: string(n.Status)}},
		Content:    atomText{Type: "text", Text: describe(n)},
	}
	if page := link(n.URL); page != "" {
		e.Links = append(e.Links, atomLink{Rel: "alternate", Type: "text/html", Href: page})
	}
	for _, d := range n.Documents {
		if href := link(d.URL); href != "" {
			e.Links = append(e.Links, atomLink{Rel: "enclosure", Type: title(d.ContentType), Title: title(d.Title), Href: href})
		}
	}
	kinds := map[string]bool{}
	for _, l := range n.Lots {
		if kind := title(l.Kind); kind != "" && !kinds[kind] {
			kinds[kind] = true
			e.Categories = append(e.Categories, atomCategory{Scheme: "urn:gobua:kind", Term: kind})
		}
	}
	return e
}

// entryID is an IRI that does not change when the site moves.
func entryID(n Notice) string {
	if id, err := uuid.Parse(n.ID); err == nil {
		return "urn:uuid:" + id.String()
	}
	return link(n.URL)
}
