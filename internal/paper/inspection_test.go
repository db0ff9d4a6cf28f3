package paper

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/inspect"
)

var inspectionNames = Called{People: map[string]string{"u1": "Nguyễn Văn Mẫu", "u2": "Trần Thị Thử"}, Units: map[inspect.Unit]string{{Place: "p1"}: "Xã Bình An"},
	Plan: "Kế hoạch số 06/KH-UBND ngày 19 tháng 02 năm 2026 của Ủy ban nhân dân tỉnh Mẫu"}

func sampleDecision() inspect.Decision {
	return inspect.Decision{Inspection: inspect.Inspection{Kind: inspect.Surprise, Joined: inspect.Reform, Title: "Niêm yết công khai tại cấp xã", Decision: "9/QĐ-UBND", Decided: clock.Date{Year: 2026, Month: 9, Day: 3},
		Since: clock.Date{Year: 2026, Month: 9, Day: 7}, Until: clock.Date{Year: 2026, Month: 9, Day: 25}}, Home: "Tỉnh Mẫu", Drawn: true, Units: []string{"Xã Bí Mật"},
		Team:   []inspect.TeamMember{{User: "u1", Post: "Chánh Thanh tra tỉnh", Chief: true}, {User: "u2", Post: "Chuyên viên Sở Nội vụ"}},
		Themes: []inspect.Checklist{{Theme: "Công khai, minh bạch"}, {Theme: "Tiếp công dân"}}, Previous: "3/QĐ-UBND"}
}

func sampleFinding(n int) inspect.Finding {
	return inspect.Finding{ID: fmt.Sprint(n), Unit: inspect.Unit{Place: "p1"}, Words: "Danh sách hộ nghèo niêm yết thiếu 03 thôn.", Remedy: "Niêm yết đủ tại 12/12 thôn, chụp ảnh gửi hệ thống.", Due: clock.Date{Year: 2026, Month: 9, Day: 30}}
}

func sampleRecord() inspect.Record {
	r := inspect.Record{Decision: sampleDecision(), Unit: "Ủy ban nhân dân xã Bình An", Began: time.Date(2026, 9, 9, 1, 5, 0, 0, time.UTC), Findings: []inspect.Finding{sampleFinding(1)},
		Paper: inspect.Paper{Dated: clock.Date{Year: 2026, Month: 9, Day: 9}, Present: "Lê Văn Ví, Chủ tịch Ủy ban nhân dân xã\nPhạm Thị Dụ, công chức Văn phòng", Words: "Bảng niêm yết đặt tại sảnh, dễ đọc.", Opinion: "Đơn vị thống nhất.", Signer: "Nguyễn Văn Mẫu"}}
	for i := range 9 {
		a := inspect.Answered{Theme: []string{"Công khai, minh bạch", "Tiếp công dân"}[i/5], Item: inspect.Item{Sort: inspect.YesNo, Text: "Danh sách hộ nghèo được niêm yết tại nhà văn hóa thôn?"}, Answer: inspect.Answer{Value: []string{"yes", "no", ""}[i%3]}}
		if i == 1 {
			a.Photos = []inspect.Answer{{File: "x"}}
		}
		r.Answers = append(r.Answers, a)
	}
	return r
}

func sampleConclusion() inspect.Conclusion {
	c := inspect.Conclusion{Decision: sampleDecision(), Paper: inspect.Paper{Number: "12/TB-UBND", Dated: clock.Date{Year: 2026, Month: 10, Day: 5}, Words: "Các đơn vị cơ bản chấp hành quy định về công khai.", Signer: "Nguyễn Văn Mẫu"}}
	for i := range 5 {
		c.Visited = append(c.Visited, inspect.VisitResult{Unit: fmt.Sprintf("Ủy ban nhân dân xã Số %d", i+1), Record: inspect.Paper{Visit: fmt.Sprint(i)}, Yes: 6 + i, No: i, Findings: []inspect.Finding{sampleFinding(i)}})
	}
	return c
}

// inspectionDocuments are the three papers of an inspection.
func inspectionDocuments() map[string]*docx.Document {
	return map[string]*docx.Document{"decision": Decision(sampleDecision(), committee, inspectionNames), "record": Record(sampleRecord(), committee, inspectionNames), "conclusion": Conclusion(sampleConclusion(), committee, inspectionNames)}
}

// TestASurpriseNamesNobody holds that the decision of a surprise does not say whom it visits, whatever is handed to it.
func TestASurpriseNamesNobody(t *testing.T) {
	text := documentOf(t, template(t).Write(Decision(sampleDecision(), committee, inspectionNames)))
	if strings.Contains(text, "Bí Mật") || !strings.Contains(text, "bốc thăm ngẫu nhiên") {
		t.Error("the decision of a surprise names whom it visits, or does not say that they are drawn")
	}
	planned := sampleDecision()
	planned.Drawn, planned.Kind = false, inspect.Planned
	if text := documentOf(t, template(t).Write(Decision(planned, committee, inspectionNames))); !strings.Contains(text, "Xã Bí Mật") {
		t.Error("a planned inspection does not name whom it visits")
	}
}
