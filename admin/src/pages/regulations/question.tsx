import { Alert, Anchor, Card, Stack, Text } from '@mantine/core';
import { getQuestionOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';

import { When } from '@/parts/fields';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';

import { AnswerFacts, AnswerText, Citations } from './answer';
import { Feedback } from './feedback';

export default function QuestionPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const question = useQuery(getQuestionOptions({ path: { query_id: id } }));
  return (
    <Page title={question.data?.query || 'Pregunta'} above={[['Preguntas hechas', '/normativas/preguntas']]}>
      <Loaded query={question}>
        {(q) => (
          <Stack>
            <Text size="sm" c="dimmed"><When at={q.created_at} /> · {q.asked_by ?? 'un cliente'} {q.conversation_id && <Anchor component={Link} to={`/conversaciones/${q.conversation_id}`}>Ver la conversación</Anchor>}</Text>
            <Card withBorder>
              <Stack gap="sm">
                {q.answered ? <AnswerText text={q.answer} /> : <Alert color="yellow" title="Los documentos no lo dicen">{q.answer}</Alert>}
                <Feedback id={q.id} useful={q.useful} comment={q.comment} />
                <AnswerFacts answer={q} />
              </Stack>
            </Card>
            <Citations citations={q.citations} closest={!q.answered} />
            {q.query && <Anchor component={Link} to={`/normativas/consulta?q=${encodeURIComponent(q.query)}`}>Preguntarlo otra vez</Anchor>}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
