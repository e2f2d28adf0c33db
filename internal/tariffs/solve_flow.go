package tariffs

// flow is the scratch space of one maximum-flow computation between the groups
// of a set and the pools of a tier (augmenting paths, shortest first). It is
// reused from tier to tier and belongs to one goroutine.
type flow struct {
	need  []int // per group: units to place
	left  []int // per pool: places still free; unlimited is too many to run out
	given []int // per group and pool: units placed; see at
	width int   // pools per group in given
	// The last search: through which group a pool was reached, and through which
	// pool a group was.
	via   []int // per pool: group, unseen when not reached
	from  []int // per group: pool, start for the first one, unseen when not reached
	queue []int // groups reached, in order
}

// Marks in via and from.
const (
	unseen = -1
	start  = -2
)

func newFlow(groups, pools int) *flow {
	space := make([]int, 3*groups+2*pools+groups*pools)
	take := func(n int) []int {
		part := space[:n:n]
		space = space[n:]
		return part
	}
	return &flow{
		need: take(groups), from: take(groups), queue: take(groups)[:0],
		left: take(pools), via: take(pools), given: take(groups * pools),
	}
}

func (f *flow) reset(p *tierPlan) {
	f.width = len(p.pools)
	clear(f.need)
	clear(f.given)
	for i, pool := range p.pools {
		f.left[i] = pool.places
	}
}

func (f *flow) at(group, pool int) *int { return &f.given[group*f.width+pool] }

// fill places every unit of every group and reports whether it got stuck. When
// it did, the last search tells why: the groups reached have more units than
// the pools reached have places, and no other pool.
func (f *flow) fill(p *tierPlan) (stuck bool) {
	for g := range p.groups {
		for placed := 0; placed < f.need[g]; {
			pool := f.search(p, g)
			if pool == unseen {
				return true
			}
			placed += f.push(pool, f.need[g]-placed)
		}
	}
	return false
}

// search looks for a free place that the group can have, if need be by moving
// units of other groups to other pools. It returns the pool, or unseen.
func (f *flow) search(p *tierPlan, group int) int {
	for i := range p.pools {
		f.via[i] = unseen
	}
	for g := range p.groups {
		f.from[g] = unseen
	}
	f.from[group] = start
	f.queue = append(f.queue[:0], group)
	for i := 0; i < len(f.queue); i++ {
		g := f.queue[i]
		for _, pool := range p.groups[g] {
			if f.via[pool] != unseen {
				continue
			}
			f.via[pool] = g
			if f.left[pool] > 0 {
				return pool
			}
			for other := range p.groups {
				if f.from[other] == unseen && *f.at(other, pool) > 0 {
					f.from[other] = pool
					f.queue = append(f.queue, other)
				}
			}
		}
	}
	return unseen
}

// push moves up to want units along the path found last, which ends at pool,
// and returns how many.
func (f *flow) push(pool, want int) int {
	n := min(want, f.left[pool])
	for to := pool; ; {
		g := f.via[to]
		before := f.from[g]
		if before == start {
			break
		}
		n = min(n, *f.at(g, before))
		to = before
	}
	f.left[pool] -= n
	for to := pool; ; {
		g := f.via[to]
		*f.at(g, to) += n
		before := f.from[g]
		if before == start {
			return n
		}
		*f.at(g, before) -= n
		to = before
	}
}
