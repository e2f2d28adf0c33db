package logmonitor_test

import (
	"testing"

	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }
