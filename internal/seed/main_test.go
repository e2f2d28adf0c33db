package seed_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(testdb.Runner(m)) }
